// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

interface IExitStarts {
    struct StartStandardExitArgs {
        uint256 utxoPos;
        bytes rlpOutputTx;
        bytes outputTxInclusionProof;
    }

    struct StartInFlightExitArgs {
        bytes inFlightTx;
        bytes[] inputTxs;
        uint256[] inputUtxosPos;
        bytes[] inputTxsInclusionProofs;
        bytes[] inFlightTxWitnesses;
    }

    function startStandardExit(StartStandardExitArgs calldata args) external payable;
    function startInFlightExit(StartInFlightExitArgs calldata args) external payable;
}

/// A contract through which others are called, in every way that hides the call from who looks at the transaction:
/// many at once, told before, or with arguments of its own. For tests only: anybody may use it.
contract ContractWallet {
    struct Call {
        address to;
        uint256 value;
        bytes data;
    }

    Call[] private prepared;

    receive() external payable {}

    /// Makes the calls of the calldata, one after the other.
    function perform(Call[] calldata calls) external payable {
        for (uint256 i = 0; i < calls.length; i++) run(calls[i].to, calls[i].value, calls[i].data);
    }

    function prepare(Call[] calldata calls) external {
        delete prepared;
        for (uint256 i = 0; i < calls.length; i++) prepared.push(calls[i]);
    }

    /// Makes the calls that were prepared, whatever the calldata says.
    function performPrepared(bytes calldata) external payable {
        for (uint256 i = 0; i < prepared.length; i++) run(prepared[i].to, prepared[i].value, prepared[i].data);
    }

    function exit(IExitStarts game, uint256 utxoPos, bytes calldata outputTx, bytes calldata proof) external payable {
        game.startStandardExit{value: msg.value}(IExitStarts.StartStandardExitArgs(utxoPos, outputTx, proof));
    }

    function exitInFlight(
        IExitStarts game,
        bytes calldata inFlightTx,
        bytes[] calldata inputTxs,
        uint256[] calldata positions,
        bytes[] calldata proofs,
        bytes[] calldata witnesses
    ) external payable {
        game.startInFlightExit{value: msg.value}(
            IExitStarts.StartInFlightExitArgs(inFlightTx, inputTxs, positions, proofs, witnesses)
        );
    }

    function run(address to, uint256 value, bytes memory data) private {
        (bool done, bytes memory reason) = to.call{value: value}(data);
        if (done) return;
        assembly {
            revert(add(reason, 32), mload(reason))
        }
    }
}
