// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// 65 bytes r, s, v; v is 27 or 28, s is low (contracts v1.0.4, section 2).
library Signature {
    uint256 private constant HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;

    function signerOf(bytes32 digest, bytes calldata signature) internal pure returns (address signer) {
        if (signature.length == 65) {
            bytes32 s = bytes32(signature[32:64]);
            uint8 v = uint8(signature[64]);
            if (uint256(s) <= HALF_ORDER && (v == 27 || v == 28)) {
                signer = ecrecover(digest, v, bytes32(signature[:32]), s);
            }
        }
        require(signer != address(0), "Failed to recover the signer from the signature");
    }
}
