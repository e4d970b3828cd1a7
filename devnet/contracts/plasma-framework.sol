// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// The part of the deployed PlasmaFramework (v1.0.3 bytecode) that an exit game needs.
interface IPlasmaFramework {
    struct TxPosition {
        uint64 blockNum;
        uint16 txIndex;
        uint16 outputIndex;
    }

    function getMaintainer() external view returns (address);
    function minExitPeriod() external view returns (uint256);
    function blocks(uint256 blknum) external view returns (bytes32 root, uint256 timestamp);
    function isDeposit(uint256 blknum) external view returns (bool);
    function protocols(uint256 txType) external view returns (uint8);
    function vaults(uint256 vaultId) external view returns (address);
    function isOutputFinalized(bytes32 outputId) external view returns (bool);

    function activateNonReentrant() external;
    function deactivateNonReentrant() external;
    function flagOutputFinalized(bytes32 outputId) external;
    function batchFlagOutputsFinalized(bytes32[] calldata outputIds) external;
    function enqueue(
        uint256 vaultId,
        address token,
        uint64 exitableAt,
        TxPosition calldata txPos,
        uint160 exitId,
        address exitProcessor
    ) external returns (uint256 priority);
}

/// What the framework calls for each exit that it takes from a queue.
interface IExitProcessor {
    function processExit(uint160 exitId, uint256 vaultId, address token) external;
}

interface IEthVault {
    function withdraw(address payable receiver, uint256 amount) external;
}

interface IErc20Vault {
    function withdraw(address payable receiver, address token, uint256 amount) external;
}
