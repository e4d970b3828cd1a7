// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ExitId} from "./exit-id.sol";
import {InFlightExits} from "./in-flight-exits.sol";
import {PAYMENT, Output, PlasmaTransaction, PlasmaTransactions} from "./plasma-transaction.sol";
import {StateTransition} from "./state-transition.sol";

/// Starting an in-flight exit: anybody may, with the transaction and all its inputs (contracts v1.0.4, section 5).
abstract contract InFlightStart is InFlightExits {
    struct StartInFlightExitArgs {
        bytes inFlightTx;
        bytes[] inputTxs;
        uint256[] inputUtxosPos;
        bytes[] inputTxsInclusionProofs;
        bytes[] inFlightTxWitnesses;
    }

    event InFlightExitStarted(address indexed initiator, bytes32 indexed txHash);

    function startInFlightExit(StartInFlightExitArgs calldata args)
        external
        payable
        nonReentrant
        onlyWithValue(startIFEBondSize())
    {
        InFlightExit storage exit = exitsInFlight[ExitId.inFlight(args.inFlightTx)];
        require(exit.exitStartTimestamp == 0, "There is an active in-flight exit from this transaction");
        PlasmaTransaction memory transaction = PlasmaTransactions.decode(args.inFlightTx);
        requireCompleteArgs(args, transaction);

        exit.isCanonical = true;
        exit.exitStartTimestamp = uint64(block.timestamp);
        exit.bondOwner = payable(msg.sender);
        exit.bondSize = msg.value;
        Output[] memory spent = new Output[](transaction.inputs.length);
        for (uint256 i = 0; i < spent.length; i++) spent[i] = takeInput(exit, args, i);
        require(StateTransition.isCovered(spent, transaction.outputs), "Invalid state transition");
        recordOutputs(exit, args.inFlightTx, transaction.outputs);
        emit InFlightExitStarted(msg.sender, keccak256(args.inFlightTx));
    }

    function requireCompleteArgs(StartInFlightExitArgs calldata args, PlasmaTransaction memory transaction)
        private
        pure
    {
        require(transaction.txType == PAYMENT, "Unsupported transaction type of the exit game");
        uint256 inputs = transaction.inputs.length;
        require(inputs != 0, "In-flight transaction must have inputs");
        require(
            args.inputTxs.length == inputs,
            "Number of input transactions does not match number of in-flight transaction inputs"
        );
        require(
            args.inputUtxosPos.length == inputs,
            "Number of input transactions positions does not match number of in-flight transaction inputs"
        );
        require(
            args.inputTxsInclusionProofs.length == inputs,
            "Number of input transactions inclusion proofs does not match number of in-flight transaction inputs"
        );
        require(
            args.inFlightTxWitnesses.length == inputs,
            "Number of input transactions witnesses does not match number of in-flight transaction inputs"
        );
        for (uint256 i = 0; i < inputs; i++) {
            for (uint256 j = 0; j < i; j++) {
                require(
                    transaction.inputs[i] != transaction.inputs[j], "In-flight transaction must have unique inputs"
                );
            }
        }
    }

    /// Checks one input and records it; the exit is as old as its youngest input.
    function takeInput(InFlightExit storage exit, StartInFlightExitArgs calldata args, uint256 i)
        private
        returns (Output memory output)
    {
        uint256 utxoPos = args.inputUtxosPos[i];
        require(
            isIncluded(args.inputTxs[i], utxoPos, args.inputTxsInclusionProofs[i]),
            "Input transaction is not standard finalized"
        );
        requireSpend(args.inputTxs[i], args.inFlightTx, args.inFlightTxWitnesses[i], Spend(utxoPos, i));
        output = outputOf(args.inputTxs[i], utxoPos);
        record(exit.inputs[i], outputIdOf(args.inputTxs[i], utxoPos), output);
        if (utxoPos > exit.position) exit.position = utxoPos;
    }

    function recordOutputs(InFlightExit storage exit, bytes calldata inFlightTx, Output[] memory outputs) private {
        for (uint256 i = 0; i < outputs.length; i++) {
            record(exit.outputs[i], ExitId.outputAt(inFlightTx, i), outputs[i]);
        }
    }

    function record(WithdrawData storage side, bytes32 outputId, Output memory output) private {
        side.outputId = outputId;
        side.exitTarget = payable(output.guard);
        side.token = output.token;
        side.amount = output.amount;
    }
}
