// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ExitId} from "./exit-id.sol";
import {Merkle} from "./merkle.sol";
import {IErc20Vault, IEthVault, IPlasmaFramework} from "./plasma-framework.sol";
import {Output, PAYMENT, PlasmaTransaction, PlasmaTransactions} from "./plasma-transaction.sol";
import {Position} from "./position.sol";
import {Signature} from "./signature.sol";
import {TypedData} from "./typed-data.sol";

/// What standard and in-flight exits share: the framework, guards, finality, spending, money.
abstract contract ExitGameBase {
    uint8 private constant MORE_VP = 2;
    uint256 private constant PAYMENT_OUTPUT = 1;
    uint256 private constant FEE_CLAIM_OUTPUT = 2;

    IPlasmaFramework internal immutable framework;
    uint256 private immutable ethVaultId;
    uint256 private immutable erc20VaultId;

    /// Which exit finalised an output. Framework v1.0.3 knows only that one did, v1.0.4 asks which (section 9).
    mapping(bytes32 outputId => uint160 exitId) private finalizedBy;

    constructor(IPlasmaFramework framework_, uint256 ethVaultId_, uint256 erc20VaultId_) {
        framework = framework_;
        ethVaultId = ethVaultId_;
        erc20VaultId = erc20VaultId_;
    }

    // Guards

    /// One lock for the whole framework: the reason "Reentrant call" comes from there.
    modifier nonReentrant() {
        framework.activateNonReentrant();
        _;
        framework.deactivateNonReentrant();
    }

    modifier onlyWithValue(uint256 value) {
        require(msg.value == value, "Input value must match msg.value");
        _;
    }

    modifier onlyFrom(address caller) {
        require(msg.sender == caller, "Caller address is unauthorized");
        _;
    }

    /// Calldata copied from the mempool by somebody else fails (section 3).
    modifier onlyNamedSender(bytes32 senderData) {
        require(senderData == keccak256(abi.encodePacked(msg.sender)), "Incorrect senderData");
        _;
    }

    // Outputs

    function outputOf(bytes calldata raw, uint256 utxoPos) internal pure returns (Output memory) {
        return PlasmaTransactions.decode(raw).outputs[Position.outputIndex(utxoPos)];
    }

    function outputIdOf(bytes calldata raw, uint256 utxoPos) internal view returns (bytes32) {
        return ExitId.output(framework.isDeposit(Position.blknum(utxoPos)), raw, utxoPos);
    }

    function blockTimestamp(uint256 position) internal view returns (uint256 timestamp) {
        (, timestamp) = framework.blocks(Position.blknum(position));
    }

    function blockRoot(uint256 position) internal view returns (bytes32 root) {
        (root,) = framework.blocks(Position.blknum(position));
    }

    // Finality and spending

    /// Standard finalised: a submitted block holds the transaction.
    function isIncluded(bytes calldata raw, uint256 position, bytes calldata proof) internal view returns (bool) {
        bytes32 root = blockRoot(position);
        return root != 0 && Merkle.includes(root, raw, Position.txIndex(position), proof);
    }

    /// Protocol finalised: in MoreVP a transaction counts as soon as it exists.
    function requireMoreVp(bytes calldata raw) internal view {
        require(
            framework.protocols(PlasmaTransactions.decode(raw).txType) == MORE_VP,
            "MoreVpFinalization: not a MoreVP protocol tx"
        );
    }

    struct Spend {
        uint256 utxoPos;
        uint256 inputIndex;
    }

    /// The spending transaction's input is that output, and the output's owner signed it at that input (section 5).
    function requireSpend(
        bytes calldata creatingTx,
        bytes calldata spendingTx,
        bytes calldata witness,
        Spend memory spend
    ) internal view {
        Output memory output = outputOf(creatingTx, spend.utxoPos);
        PlasmaTransaction memory spending = PlasmaTransactions.decode(spendingTx);
        bool known = output.outputType == PAYMENT_OUTPUT || output.outputType == FEE_CLAIM_OUTPUT;
        require(known && spending.txType == PAYMENT, "Spending condition contract not found");
        require(
            spending.inputs[spend.inputIndex] == spend.utxoPos,
            "Spending tx points to the incorrect output UTXO position"
        );
        bytes32 digest = TypedData.digest(address(framework), spending);
        require(Signature.signerOf(digest, witness) == output.guard, "Tx is not signed correctly");
    }

    // Finalised outputs

    function flagFinalized(bytes32[] memory outputIds, uint160 exitId) internal {
        for (uint256 i = 0; i < outputIds.length; i++) {
            if (finalizedBy[outputIds[i]] == 0) finalizedBy[outputIds[i]] = exitId;
        }
        framework.batchFlagOutputsFinalized(outputIds);
    }

    function isFinalizedByOther(bytes32 outputId, uint160 exitId) internal view returns (bool) {
        return framework.isOutputFinalized(outputId) && finalizedBy[outputId] != exitId;
    }

    // Queue and money

    function enqueue(address token, uint256 exitableAt, uint256 position, uint160 exitId) internal {
        framework.enqueue(
            token == address(0) ? ethVaultId : erc20VaultId,
            token,
            uint64(exitableAt),
            IPlasmaFramework.TxPosition(uint64(Position.blknum(position)), Position.txIndex(position), 0),
            exitId,
            address(this)
        );
    }

    function withdraw(address token, address target, uint256 amount) internal {
        if (token == address(0)) {
            IEthVault(framework.vaults(ethVaultId)).withdraw(payable(target), amount);
        } else {
            IErc20Vault(framework.vaults(erc20VaultId)).withdraw(payable(target), token, amount);
        }
    }
}
