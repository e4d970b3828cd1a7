// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BondPayout} from "./bond.sol";
import {InFlightExits} from "./in-flight-exits.sol";
import {MAX_SIDES} from "./plasma-transaction.sol";

/// How an in-flight exit ends: processed token by token, or deleted (contracts v1.0.4, sections 8 and 9).
abstract contract InFlightEnd is InFlightExits {
    event InFlightExitInputWithdrawn(uint160 indexed exitId, uint16 inputIndex);
    event InFlightExitOutputWithdrawn(uint160 indexed exitId, uint16 outputIndex);
    event InFlightExitOmitted(uint160 indexed exitId, address token);
    event InFlightExitDeleted(uint160 indexed exitId);
    event InFlightBondReturnFailed(address indexed receiver, uint256 amount);

    function deleteNonPiggybackedInFlightExit(uint160 exitId) external nonReentrant {
        InFlightExit storage exit = exitsInFlight[exitId];
        require(exit.exitStartTimestamp != 0, "In-flight exit does not exist");
        require(!isInFirstPhase(exit), "Cannot delete in-flight exit still in first phase");
        require(exit.exitMap == 0, "The in-flight exit is already piggybacked");
        address bondOwner = exit.bondOwner;
        uint256 bond = exit.bondSize;
        delete exitsInFlight[exitId];
        emit InFlightExitDeleted(exitId);
        BondPayout.payOrRevert(bondOwner, bond);
    }

    function processInFlightExit(uint160 exitId, address token) internal {
        InFlightExit storage exit = exitsInFlight[exitId];
        if (exit.exitStartTimestamp == 0) {
            emit InFlightExitOmitted(exitId, token);
            return;
        }
        if (exit.isCanonical && !isAnyInputFinalizedByOther(exit, exitId)) {
            payOutputs(exit, exitId, token);
        } else {
            payInputs(exit, exitId, token);
        }
        returnPiggybackBonds(exit, token);
        if (exit.exitMap == 0) {
            returnBond(exit.bondOwner, exit.bondSize);
            delete exitsInFlight[exitId];
        }
    }

    /// All inputs are asked, whatever their token.
    function isAnyInputFinalizedByOther(InFlightExit storage exit, uint160 exitId) private view returns (bool) {
        for (uint256 i = 0; i < MAX_SIDES; i++) {
            bytes32 outputId = exit.inputs[i].outputId;
            if (outputId != 0 && isFinalizedByOther(outputId, exitId)) return true;
        }
        return false;
    }

    function payInputs(InFlightExit storage exit, uint160 exitId, address token) private {
        bool[MAX_SIDES] memory due;
        bytes32[] memory flags = new bytes32[](MAX_SIDES);
        uint256 flagged = 0;
        for (uint256 i = 0; i < MAX_SIDES; i++) {
            due[i] = isPiggybacked(exit, inputBit(i)) && isDue(exit.inputs[i], token);
            if (due[i]) flags[flagged++] = exit.inputs[i].outputId;
        }
        flagFinalized(first(flags, flagged), exitId);
        for (uint16 i = 0; i < MAX_SIDES; i++) {
            if (!due[i]) continue;
            withdraw(token, exit.inputs[i].exitTarget, exit.inputs[i].amount);
            emit InFlightExitInputWithdrawn(exitId, i);
        }
    }

    /// A canonical exit spends all its inputs, piggybacked or not.
    function payOutputs(InFlightExit storage exit, uint160 exitId, address token) private {
        bool[MAX_SIDES] memory due;
        bytes32[] memory flags = new bytes32[](2 * MAX_SIDES);
        uint256 flagged = 0;
        for (uint256 i = 0; i < MAX_SIDES; i++) {
            due[i] = isPiggybacked(exit, outputBit(i)) && isDue(exit.outputs[i], token);
            if (due[i]) flags[flagged++] = exit.outputs[i].outputId;
            if (exit.inputs[i].outputId != 0) flags[flagged++] = exit.inputs[i].outputId;
        }
        flagFinalized(first(flags, flagged), exitId);
        for (uint16 i = 0; i < MAX_SIDES; i++) {
            if (!due[i]) continue;
            withdraw(token, exit.outputs[i].exitTarget, exit.outputs[i].amount);
            emit InFlightExitOutputWithdrawn(exitId, i);
        }
    }

    function isDue(WithdrawData storage side, address token) private view returns (bool) {
        return side.token == token && !framework.isOutputFinalized(side.outputId);
    }

    function first(bytes32[] memory all, uint256 length) private pure returns (bytes32[] memory some) {
        some = new bytes32[](length);
        for (uint256 i = 0; i < length; i++) some[i] = all[i];
    }

    /// Every piggyback of the token that stands unchallenged gets its bond back, on the paid side or not.
    function returnPiggybackBonds(InFlightExit storage exit, address token) private {
        for (uint256 i = 0; i < MAX_SIDES; i++) {
            returnPiggybackBond(exit, exit.inputs[i], inputBit(i), token);
            returnPiggybackBond(exit, exit.outputs[i], outputBit(i), token);
        }
    }

    function returnPiggybackBond(InFlightExit storage exit, WithdrawData storage side, uint256 bit, address token)
        private
    {
        if (!isPiggybacked(exit, bit) || side.token != token) return;
        exit.exitMap &= ~bit;
        returnBond(side.exitTarget, side.piggybackBondSize);
    }

    function returnBond(address receiver, uint256 amount) private {
        if (!BondPayout.pay(receiver, amount)) emit InFlightBondReturnFailed(receiver, amount);
    }
}
