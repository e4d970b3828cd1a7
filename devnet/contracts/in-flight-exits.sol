// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BondSizes} from "./bond-sizes.sol";
import {ExitId} from "./exit-id.sol";
import {MAX_SIDES} from "./plasma-transaction.sol";

/// The state of in-flight exits and what all their calls ask of it (contracts v1.0.4, sections 6 and 8).
abstract contract InFlightExits is BondSizes {
    struct WithdrawData {
        bytes32 outputId;
        address payable exitTarget;
        address token;
        uint256 amount;
        uint256 piggybackBondSize;
    }

    struct InFlightExit {
        bool isCanonical;
        uint64 exitStartTimestamp;
        uint256 exitMap;
        uint256 position;
        WithdrawData[MAX_SIDES] inputs;
        WithdrawData[MAX_SIDES] outputs;
        address payable bondOwner;
        uint256 bondSize;
        uint256 oldestCompetitorPosition;
    }

    mapping(uint160 exitId => InFlightExit) internal exitsInFlight;

    function inFlightExits(uint160[] calldata exitIds) external view returns (InFlightExit[] memory found) {
        found = new InFlightExit[](exitIds.length);
        for (uint256 i = 0; i < exitIds.length; i++) found[i] = exitsInFlight[exitIds[i]];
    }

    function getInFlightExitId(bytes calldata _txBytes) external pure returns (uint160) {
        return ExitId.inFlight(_txBytes);
    }

    function existing(bytes calldata inFlightTx) internal view returns (InFlightExit storage exit) {
        exit = exitsInFlight[ExitId.inFlight(inFlightTx)];
        require(exit.exitStartTimestamp != 0, "In-flight exit does not exist");
    }

    /// The first half of the period: the time for piggybacks and for canonicity challenges.
    function isInFirstPhase(InFlightExit storage exit) internal view returns (bool) {
        return block.timestamp - exit.exitStartTimestamp < framework.minExitPeriod() / 2;
    }

    // The exit map: bit i for input i, bit 4 + i for output i.

    function inputBit(uint256 index) internal pure returns (uint256) {
        return 1 << index;
    }

    function outputBit(uint256 index) internal pure returns (uint256) {
        return 1 << (MAX_SIDES + index);
    }

    function isPiggybacked(InFlightExit storage exit, uint256 bit) internal view returns (bool) {
        return exit.exitMap & bit != 0;
    }
}
