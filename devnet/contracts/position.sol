// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// Where an output lies: `blknum * 10^9 + txIndex * 10^4 + outputIndex` (contracts v1.0.4, section 3).
library Position {
    uint256 private constant BLOCK_OFFSET = 1_000_000_000;
    uint256 private constant TX_OFFSET = 10_000;

    function blknum(uint256 position) internal pure returns (uint256) {
        return position / BLOCK_OFFSET;
    }

    function txIndex(uint256 position) internal pure returns (uint16) {
        uint256 index = (position % BLOCK_OFFSET) / TX_OFFSET;
        require(index <= type(uint16).max, "txIndex exceeds the size of uint16");
        return uint16(index);
    }

    function outputIndex(uint256 position) internal pure returns (uint16) {
        return uint16(position % TX_OFFSET);
    }
}
