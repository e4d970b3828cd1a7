// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Bond, BondSize, LOWER_DIVISOR, UPPER_MULTIPLIER} from "./bond.sol";
import {ExitGameBase} from "./exit-game-base.sol";

/// The three bonds, their getters and their updates by the maintainer (contracts v1.0.4, section 7).
abstract contract BondSizes is ExitGameBase {
    using Bond for BondSize;

    uint128 public constant INITIAL_BOND_SIZE = 0.014 ether;
    uint128 public constant INITIAL_IFE_BOND_SIZE = 0.037 ether;
    uint128 public constant INITIAL_PB_BOND_SIZE = 0.028 ether;
    uint16 public constant BOND_LOWER_BOUND_DIVISOR = LOWER_DIVISOR;
    uint16 public constant BOND_UPPER_BOUND_MULTIPLIER = UPPER_MULTIPLIER;

    BondSize private standardExitBond = BondSize(INITIAL_BOND_SIZE, 0, 0);
    BondSize private inFlightExitBond = BondSize(INITIAL_IFE_BOND_SIZE, 0, 0);
    BondSize private piggybackBond = BondSize(INITIAL_PB_BOND_SIZE, 0, 0);

    event StandardExitBondUpdated(uint128 bondSize);
    event IFEBondUpdated(uint128 bondSize);
    event PiggybackBondUpdated(uint128 bondSize);

    function startStandardExitBondSize() public view returns (uint128) {
        return standardExitBond.current();
    }

    function startIFEBondSize() public view returns (uint128) {
        return inFlightExitBond.current();
    }

    function piggybackBondSize() public view returns (uint128) {
        return piggybackBond.current();
    }

    function updateStartStandardExitBondSize(uint128 newBondSize) external onlyFrom(framework.getMaintainer()) {
        standardExitBond.update(newBondSize);
        emit StandardExitBondUpdated(newBondSize);
    }

    function updateStartIFEBondSize(uint128 newBondSize) external onlyFrom(framework.getMaintainer()) {
        inFlightExitBond.update(newBondSize);
        emit IFEBondUpdated(newBondSize);
    }

    function updatePiggybackBondSize(uint128 newBondSize) external onlyFrom(framework.getMaintainer()) {
        piggybackBond.update(newBondSize);
        emit PiggybackBondUpdated(newBondSize);
    }
}
