// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BondPayout} from "./bond.sol";
import {BondSizes} from "./bond-sizes.sol";
import {ExitId} from "./exit-id.sol";
import {PAYMENT, Output, PlasmaTransactions} from "./plasma-transaction.sol";
import {Position} from "./position.sol";

/// Standard exits: start, challenge, process (contracts v1.0.4, sections 5, 6, 8 and 9).
abstract contract StandardExits is BondSizes {
    struct StandardExit {
        bool exitable;
        uint256 utxoPos;
        bytes32 outputId;
        address payable exitTarget;
        uint256 amount;
        uint256 bondSize;
    }

    struct StartStandardExitArgs {
        uint256 utxoPos;
        bytes rlpOutputTx;
        bytes outputTxInclusionProof;
    }

    struct ChallengeStandardExitArgs {
        uint160 exitId;
        bytes exitingTx;
        bytes challengeTx;
        uint16 inputIndex;
        bytes witness;
        bytes32 senderData;
    }

    mapping(uint160 exitId => StandardExit) private exits;

    event ExitStarted(address indexed owner, uint160 exitId);
    event ExitChallenged(uint256 indexed utxoPos);
    event ExitFinalized(uint160 indexed exitId);
    event ExitOmitted(uint160 indexed exitId);
    event BondReturnFailed(address indexed receiver, uint256 amount);

    function standardExits(uint160[] calldata exitIds) external view returns (StandardExit[] memory found) {
        found = new StandardExit[](exitIds.length);
        for (uint256 i = 0; i < exitIds.length; i++) found[i] = exits[exitIds[i]];
    }

    function getStandardExitId(bool _isDeposit, bytes calldata _txBytes, uint256 _utxoPos)
        external
        pure
        returns (uint160)
    {
        return ExitId.standard(_isDeposit, _txBytes, _utxoPos);
    }

    function startStandardExit(StartStandardExitArgs calldata args)
        external
        payable
        nonReentrant
        onlyWithValue(startStandardExitBondSize())
    {
        require(blockTimestamp(args.utxoPos) != 0, "There is no block for the position");
        bool isDeposit = framework.isDeposit(Position.blknum(args.utxoPos));
        uint160 exitId = ExitId.standard(isDeposit, args.rlpOutputTx, args.utxoPos);
        Output memory output = requireExitableOutput(args);
        bytes32 outputId = ExitId.output(isDeposit, args.rlpOutputTx, args.utxoPos);
        require(exits[exitId].amount == 0, "Exit has already started");
        require(!framework.isOutputFinalized(outputId), "Output is already spent");

        exits[exitId] = StandardExit(true, args.utxoPos, outputId, payable(msg.sender), output.amount, msg.value);
        enqueue(output.token, standardExitableAt(isDeposit, args.utxoPos), args.utxoPos, exitId);
        emit ExitStarted(msg.sender, exitId);
    }

    function requireExitableOutput(StartStandardExitArgs calldata args) private view returns (Output memory output) {
        require(
            PlasmaTransactions.decode(args.rlpOutputTx).txType == PAYMENT,
            "Unsupported transaction type of the exit game"
        );
        require(
            isIncluded(args.rlpOutputTx, args.utxoPos, args.outputTxInclusionProof),
            "The transaction must be standard finalized"
        );
        output = outputOf(args.rlpOutputTx, args.utxoPos);
        require(msg.sender == output.guard, "Only output owner can start an exit");
    }

    /// A deposit needs no protection from an operator who hides blocks, so one period is enough (section 8).
    function standardExitableAt(bool isDeposit, uint256 utxoPos) private view returns (uint256) {
        uint256 period = framework.minExitPeriod();
        uint256 soonest = block.timestamp + period;
        uint256 matured = blockTimestamp(utxoPos) + 2 * period;
        return isDeposit || matured < soonest ? soonest : matured;
    }

    function challengeStandardExit(ChallengeStandardExitArgs calldata args)
        external
        nonReentrant
        onlyNamedSender(args.senderData)
    {
        StandardExit storage exit = exits[args.exitId];
        require(exit.exitable, "The exit does not exist");
        require(
            outputIdOf(args.exitingTx, exit.utxoPos) == exit.outputId,
            "Invalid exiting tx causing outputId mismatch"
        );
        requireMoreVp(args.challengeTx);
        requireSpend(args.exitingTx, args.challengeTx, args.witness, Spend(exit.utxoPos, args.inputIndex));

        // The record stays until the queue reaches it, so that the exit cannot be started again before that.
        exit.exitable = false;
        emit ExitChallenged(exit.utxoPos);
        BondPayout.payOrRevert(msg.sender, exit.bondSize);
    }

    function processStandardExit(uint160 exitId, address token) internal {
        StandardExit memory exit = exits[exitId];
        delete exits[exitId];
        if (!exit.exitable || framework.isOutputFinalized(exit.outputId)) {
            emit ExitOmitted(exitId);
            return;
        }
        bytes32[] memory outputIds = new bytes32[](1);
        outputIds[0] = exit.outputId;
        flagFinalized(outputIds, exitId);
        if (!BondPayout.pay(exit.exitTarget, exit.bondSize)) emit BondReturnFailed(exit.exitTarget, exit.bondSize);
        withdraw(token, exit.exitTarget, exit.amount);
        emit ExitFinalized(exitId);
    }
}
