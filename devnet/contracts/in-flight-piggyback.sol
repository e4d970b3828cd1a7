// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ExitId} from "./exit-id.sol";
import {InFlightExits} from "./in-flight-exits.sol";
import {MAX_SIDES} from "./plasma-transaction.sol";

/// Owners of inputs and outputs join an in-flight exit in its first phase (contracts v1.0.4, sections 5 and 8).
abstract contract InFlightPiggyback is InFlightExits {
    struct PiggybackInFlightExitOnInputArgs {
        bytes inFlightTx;
        uint16 inputIndex;
    }

    struct PiggybackInFlightExitOnOutputArgs {
        bytes inFlightTx;
        uint16 outputIndex;
    }

    event InFlightExitInputPiggybacked(address indexed exitTarget, bytes32 indexed txHash, uint16 inputIndex);
    event InFlightExitOutputPiggybacked(address indexed exitTarget, bytes32 indexed txHash, uint16 outputIndex);

    function piggybackInFlightExitOnInput(PiggybackInFlightExitOnInputArgs calldata args)
        external
        payable
        nonReentrant
        onlyWithValue(piggybackBondSize())
    {
        uint160 exitId = ExitId.inFlight(args.inFlightTx);
        InFlightExit storage exit = exitsInFlight[exitId];
        requireFirstPhase(exit);
        require(args.inputIndex < MAX_SIDES, "Invalid input index");
        require(exit.inputs[args.inputIndex].amount != 0, "Indexed input is empty");
        require(!isPiggybacked(exit, inputBit(args.inputIndex)), "Indexed input already piggybacked");
        join(exitId, exit, exit.inputs[args.inputIndex]);
        exit.exitMap |= inputBit(args.inputIndex);
        emit InFlightExitInputPiggybacked(msg.sender, keccak256(args.inFlightTx), args.inputIndex);
    }

    function piggybackInFlightExitOnOutput(PiggybackInFlightExitOnOutputArgs calldata args)
        external
        payable
        nonReentrant
        onlyWithValue(piggybackBondSize())
    {
        uint160 exitId = ExitId.inFlight(args.inFlightTx);
        InFlightExit storage exit = exitsInFlight[exitId];
        requireFirstPhase(exit);
        require(args.outputIndex < MAX_SIDES, "Invalid output index");
        require(exit.outputs[args.outputIndex].amount != 0, "Indexed output is empty");
        require(!isPiggybacked(exit, outputBit(args.outputIndex)), "Indexed output already piggybacked");
        join(exitId, exit, exit.outputs[args.outputIndex]);
        exit.exitMap |= outputBit(args.outputIndex);
        emit InFlightExitOutputPiggybacked(msg.sender, keccak256(args.inFlightTx), args.outputIndex);
    }

    function requireFirstPhase(InFlightExit storage exit) private view {
        require(exit.exitStartTimestamp != 0, "No in-flight exit to piggyback on");
        require(isInFirstPhase(exit), "Piggyback is possible only in the first phase of the exit period");
    }

    /// The first piggyback of a token puts the exit into that token's queue.
    function join(uint160 exitId, InFlightExit storage exit, WithdrawData storage side) private {
        require(msg.sender == side.exitTarget, "Can be called only by the exit target");
        side.piggybackBondSize = msg.value;
        if (!isTokenPiggybacked(exit, side.token)) {
            enqueue(side.token, inFlightExitableAt(exit.position), exit.position, exitId);
        }
    }

    /// Looks at a copy of the whole exit, which brings the gas near to what the main net asks (section 5).
    function isTokenPiggybacked(InFlightExit memory exit, address token) private pure returns (bool) {
        for (uint256 i = 0; i < MAX_SIDES; i++) {
            if (exit.exitMap & inputBit(i) != 0 && exit.inputs[i].token == token) return true;
            if (exit.exitMap & outputBit(i) != 0 && exit.outputs[i].token == token) return true;
        }
        return false;
    }

    /// Two periods after the youngest input, also when that is a deposit (section 8).
    function inFlightExitableAt(uint256 youngestInput) private view returns (uint256) {
        uint256 period = framework.minExitPeriod();
        uint256 soonest = block.timestamp + period;
        uint256 matured = blockTimestamp(youngestInput) + 2 * period;
        return matured < soonest ? soonest : matured;
    }
}
