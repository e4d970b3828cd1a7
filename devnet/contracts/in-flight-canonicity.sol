// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {InFlightExits} from "./in-flight-exits.sol";
import {MAX_SIDES} from "./plasma-transaction.sol";
import {Position} from "./position.sol";

/// Which of several spends of one input counts: the oldest included one (contracts v1.0.4, sections 5 and 8).
abstract contract InFlightCanonicity is InFlightExits {
    struct ChallengeCanonicityArgs {
        bytes inputTx;
        uint256 inputUtxoPos;
        bytes inFlightTx;
        uint16 inFlightTxInputIndex;
        bytes competingTx;
        uint16 competingTxInputIndex;
        uint256 competingTxPos;
        bytes competingTxInclusionProof;
        bytes competingTxWitness;
    }

    event InFlightExitChallenged(address indexed challenger, bytes32 indexed txHash, uint256 challengeTxPosition);
    event InFlightExitChallengeResponded(
        address indexed challenger, bytes32 indexed txHash, uint256 challengeTxPosition
    );

    function challengeInFlightExitNotCanonical(ChallengeCanonicityArgs calldata args) external nonReentrant {
        InFlightExit storage exit = existing(args.inFlightTx);
        require(isInFirstPhase(exit), "Canonicity challenge phase for this exit has ended");
        require(
            keccak256(args.inFlightTx) != keccak256(args.competingTx),
            "The competitor transaction is the same as transaction in-flight"
        );
        require(args.inFlightTxInputIndex < MAX_SIDES, "Input index out of bounds");
        require(
            outputIdOf(args.inputTx, args.inputUtxoPos) == exit.inputs[args.inFlightTxInputIndex].outputId,
            "Provided inputs data does not point to the same outputId from the in-flight exit"
        );
        requireSpend(
            args.inputTx,
            args.competingTx,
            args.competingTxWitness,
            Spend(args.inputUtxoPos, args.competingTxInputIndex)
        );
        uint256 position = competitorPosition(args);
        require(
            exit.oldestCompetitorPosition == 0 || position < exit.oldestCompetitorPosition,
            "Competing transaction is not older than already known competitor"
        );

        exit.oldestCompetitorPosition = position;
        exit.bondOwner = payable(msg.sender);
        exit.isCanonical = false;
        emit InFlightExitChallenged(msg.sender, keccak256(args.inFlightTx), position);
    }

    /// A competitor that no block holds is younger than any other.
    function competitorPosition(ChallengeCanonicityArgs calldata args) private view returns (uint256) {
        if (args.competingTxPos == 0) {
            requireMoreVp(args.competingTx);
            return type(uint256).max;
        }
        require(Position.outputIndex(args.competingTxPos) == 0, "OutputIndex of competingTxPos should be 0");
        require(blockRoot(args.competingTxPos) != 0, "Failed to get the root hash of the block num");
        require(
            isIncluded(args.competingTx, args.competingTxPos, args.competingTxInclusionProof),
            "Competing tx is not standard finalized with the given tx position"
        );
        return args.competingTxPos;
    }

    /// Possible until the exit is processed, with an inclusion older than every competitor's.
    function respondToNonCanonicalChallenge(
        bytes calldata inFlightTx,
        uint256 inFlightTxPos,
        bytes calldata inFlightTxInclusionProof
    ) external nonReentrant {
        InFlightExit storage exit = existing(inFlightTx);
        require(
            inFlightTxPos < exit.oldestCompetitorPosition,
            "In-flight transaction must be older than competitors to respond to non-canonical challenge"
        );
        require(inFlightTxPos != 0, "In-flight transaction position must not be 0");
        require(Position.outputIndex(inFlightTxPos) == 0, "Output index of txPos has to be 0");
        require(blockRoot(inFlightTxPos) != 0, "Failed to get the block root hash of the tx position");
        require(
            isIncluded(inFlightTx, inFlightTxPos, inFlightTxInclusionProof),
            "Transaction is not included in block of Plasma chain"
        );

        exit.oldestCompetitorPosition = inFlightTxPos;
        exit.bondOwner = payable(msg.sender);
        exit.isCanonical = true;
        emit InFlightExitChallengeResponded(msg.sender, keccak256(inFlightTx), inFlightTxPos);
    }
}
