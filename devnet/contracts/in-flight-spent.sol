// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BondPayout} from "./bond.sol";
import {InFlightExits} from "./in-flight-exits.sol";
import {MAX_SIDES} from "./plasma-transaction.sol";
import {Position} from "./position.sol";

/// Blocking piggybacks on inputs and outputs that were spent otherwise (contracts v1.0.4, section 5).
abstract contract InFlightSpent is InFlightExits {
    struct ChallengeInputSpentArgs {
        bytes inFlightTx;
        uint16 inFlightTxInputIndex;
        bytes challengingTx;
        uint16 challengingTxInputIndex;
        bytes challengingTxWitness;
        bytes inputTx;
        uint256 inputUtxoPos;
        bytes32 senderData;
    }

    struct ChallengeOutputSpent {
        bytes inFlightTx;
        bytes inFlightTxInclusionProof;
        uint256 outputUtxoPos;
        bytes challengingTx;
        uint16 challengingTxInputIndex;
        bytes challengingTxWitness;
        bytes32 senderData;
    }

    event InFlightExitInputBlocked(address indexed challenger, bytes32 indexed txHash, uint16 inputIndex);
    event InFlightExitOutputBlocked(address indexed challenger, bytes32 indexed txHash, uint16 outputIndex);

    function challengeInFlightExitInputSpent(ChallengeInputSpentArgs calldata args)
        external
        nonReentrant
        onlyNamedSender(args.senderData)
    {
        InFlightExit storage exit = existing(args.inFlightTx);
        require(
            args.inFlightTxInputIndex < MAX_SIDES && isPiggybacked(exit, inputBit(args.inFlightTxInputIndex)),
            "The indexed input has not been piggybacked"
        );
        require(
            keccak256(args.inFlightTx) != keccak256(args.challengingTx),
            "The challenging transaction is the same as the in-flight transaction"
        );
        requireMoreVp(args.challengingTx);
        WithdrawData storage side = exit.inputs[args.inFlightTxInputIndex];
        require(
            outputIdOf(args.inputTx, args.inputUtxoPos) == side.outputId,
            "Spent input is not the same as piggybacked input"
        );
        requireSpend(
            args.inputTx,
            args.challengingTx,
            args.challengingTxWitness,
            Spend(args.inputUtxoPos, args.challengingTxInputIndex)
        );

        emit InFlightExitInputBlocked(msg.sender, keccak256(args.inFlightTx), args.inFlightTxInputIndex);
        takeBond(exit, side, inputBit(args.inFlightTxInputIndex));
    }

    function challengeInFlightExitOutputSpent(ChallengeOutputSpent calldata args)
        external
        nonReentrant
        onlyNamedSender(args.senderData)
    {
        InFlightExit storage exit = existing(args.inFlightTx);
        uint16 outputIndex = Position.outputIndex(args.outputUtxoPos);
        require(
            outputIndex < MAX_SIDES && isPiggybacked(exit, outputBit(outputIndex)), "Output is not piggybacked"
        );
        require(
            isIncluded(args.inFlightTx, args.outputUtxoPos, args.inFlightTxInclusionProof),
            "In-flight transaction must be standard finalized (included in Plasma) to be able to spend"
        );
        requireMoreVp(args.challengingTx);
        requireSpend(
            args.inFlightTx,
            args.challengingTx,
            args.challengingTxWitness,
            Spend(args.outputUtxoPos, args.challengingTxInputIndex)
        );

        emit InFlightExitOutputBlocked(msg.sender, keccak256(args.inFlightTx), outputIndex);
        takeBond(exit, exit.outputs[outputIndex], outputBit(outputIndex));
    }

    /// The bit goes and may come back: in phase 1 the owner can piggyback again (section 8 b).
    function takeBond(InFlightExit storage exit, WithdrawData storage side, uint256 bit) private {
        uint256 bond = side.piggybackBondSize;
        exit.exitMap &= ~bit;
        side.piggybackBondSize = 0;
        BondPayout.payOrRevert(msg.sender, bond);
    }
}
