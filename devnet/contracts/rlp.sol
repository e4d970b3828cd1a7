// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// Reads RLP strictly: every value has one spelling only (contracts v1.0.4, section 2).
library Rlp {
    /// Splits the first item off. `payload` is its content without the prefix, `rest` all that follows it.
    function next(bytes calldata data) private pure returns (bool isList, bytes calldata payload, bytes calldata rest) {
        require(data.length != 0, "RLP: an item is missing");
        uint256 prefix = uint8(data[0]);
        if (prefix < 0x80) return (false, data[:1], data[1:]);

        isList = prefix >= 0xc0;
        uint256 length = prefix - (isList ? 0xc0 : 0x80);
        uint256 start = 1;
        if (length > 55) {
            uint256 digits = length - 55;
            require(data.length > digits, "RLP: an item is cut off");
            length = number(data[1:1 + digits]);
            require(length > 55, "RLP: a length is not minimal");
            start += digits;
        }
        require(length <= data.length - start, "RLP: an item is cut off");
        payload = data[start:start + length];
        rest = data[start + length:];
        require(isList || length != 1 || uint8(payload[0]) >= 0x80, "RLP: a byte is not minimal");
    }

    function list(bytes calldata data) internal pure returns (bytes calldata payload, bytes calldata rest) {
        bool isList;
        (isList, payload, rest) = next(data);
        require(isList, "RLP: expected a list");
    }

    function text(bytes calldata data) internal pure returns (bytes calldata payload, bytes calldata rest) {
        bool isList;
        (isList, payload, rest) = next(data);
        require(!isList, "RLP: expected a string");
    }

    /// A number: big-endian, no leading zero, 0 is the empty string.
    function uint256Of(bytes calldata data) internal pure returns (uint256 value, bytes calldata rest) {
        bytes calldata payload;
        (payload, rest) = text(data);
        value = number(payload);
    }

    function bytes32Of(bytes calldata data) internal pure returns (bytes32 value, bytes calldata rest) {
        bytes calldata payload;
        (payload, rest) = text(data);
        require(payload.length == 32, "RLP: expected 32 bytes");
        value = bytes32(payload);
    }

    function addressOf(bytes calldata data) internal pure returns (address value, bytes calldata rest) {
        bytes calldata payload;
        (payload, rest) = text(data);
        require(payload.length == 20, "RLP: expected 20 bytes");
        value = address(bytes20(payload));
    }

    /// How many items a list's payload holds.
    function count(bytes calldata payload) internal pure returns (uint256 items) {
        while (payload.length != 0) {
            (,, payload) = next(payload);
            items++;
        }
    }

    function end(bytes calldata rest) internal pure {
        require(rest.length == 0, "RLP: more than expected");
    }

    function number(bytes calldata digits) private pure returns (uint256) {
        if (digits.length == 0) return 0;
        require(digits.length <= 32, "RLP: a number is too long");
        require(digits[0] != 0, "RLP: a number has a leading zero");
        return uint256(bytes32(digits)) >> (8 * (32 - digits.length));
    }
}
