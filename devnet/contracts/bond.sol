// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

struct BondSize {
    uint128 before;
    uint128 updated;
    uint128 effectiveAt;
}

uint16 constant LOWER_DIVISOR = 2;
uint16 constant UPPER_MULTIPLIER = 2;
uint128 constant UPDATE_DELAY = 2 days;

/// A bond that the maintainer may halve or double at most, from two days later on (contracts v1.0.4, section 7).
library Bond {
    function current(BondSize storage size) internal view returns (uint128) {
        return size.updated != 0 && block.timestamp >= size.effectiveAt ? size.updated : size.before;
    }

    function update(BondSize storage size, uint128 next) internal {
        uint128 now_ = current(size);
        require(next != 0, "Bond size cannot be zero");
        require(next >= now_ / LOWER_DIVISOR, "Bond size is too low");
        require(uint256(next) <= uint256(now_) * UPPER_MULTIPLIER, "Bond size is too high");
        size.before = now_;
        size.updated = next;
        size.effectiveAt = uint128(block.timestamp) + UPDATE_DELAY;
    }
}

/// Pays bonds with so little gas that the receiver can do nothing but take them.
library BondPayout {
    uint256 private constant GAS_STIPEND = 2300;

    function payOrRevert(address receiver, uint256 amount) internal {
        require(pay(receiver, amount), "SafeEthTransfer: failed to transfer ETH");
    }

    function pay(address receiver, uint256 amount) internal returns (bool paid) {
        (paid,) = receiver.call{value: amount, gas: GAS_STIPEND}("");
    }
}
