// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Position} from "./position.sol";

/// Names of exits and outputs (contracts v1.0.4, section 3).
library ExitId {
    uint256 private constant HASH_BITS_DROPPED = 105;
    uint256 private constant OUTPUT_INDEX_SHIFT = 152;
    uint160 private constant IN_FLIGHT_BIT = uint160(1) << 151;

    /// 151 bits of a hash with the output index above; a deposit's hash covers its position too.
    function standard(bool isDeposit, bytes calldata raw, uint256 utxoPos) internal pure returns (uint160) {
        bytes32 hash = isDeposit ? keccak256(abi.encodePacked(raw, utxoPos)) : keccak256(raw);
        uint256 index = Position.outputIndex(utxoPos);
        return uint160((uint256(hash) >> HASH_BITS_DROPPED) | (index << OUTPUT_INDEX_SHIFT));
    }

    function inFlight(bytes calldata raw) internal pure returns (uint160) {
        return uint160(uint256(keccak256(raw)) >> HASH_BITS_DROPPED) | IN_FLIGHT_BIT;
    }

    function isInFlight(uint160 exitId) internal pure returns (bool) {
        return exitId & IN_FLIGHT_BIT != 0;
    }

    /// Equal deposits have equal bytes, so only their position tells their outputs apart.
    function output(bool isDeposit, bytes calldata raw, uint256 utxoPos) internal pure returns (bytes32) {
        uint256 index = Position.outputIndex(utxoPos);
        return isDeposit ? keccak256(abi.encodePacked(raw, index, utxoPos)) : outputAt(raw, index);
    }

    /// The output of a transaction that is no deposit, wherever it was or will be included.
    function outputAt(bytes calldata raw, uint256 index) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(raw, index));
    }
}
