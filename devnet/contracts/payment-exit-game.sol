// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ExitGameBase} from "./exit-game-base.sol";
import {ExitId} from "./exit-id.sol";
import {InFlightCanonicity} from "./in-flight-canonicity.sol";
import {InFlightEnd} from "./in-flight-end.sol";
import {InFlightPiggyback} from "./in-flight-piggyback.sol";
import {InFlightSpent} from "./in-flight-spent.sol";
import {InFlightStart} from "./in-flight-start.sol";
import {IExitProcessor, IPlasmaFramework} from "./plasma-framework.sol";
import {StandardExits} from "./standard-exits.sol";

/// The exit game of payments, with the interface and the behaviour of plasma-contracts v1.0.4.
/// For the devnet only: one contract instead of eleven, nobody audited it.
contract PaymentExitGame is
    IExitProcessor,
    StandardExits,
    InFlightStart,
    InFlightPiggyback,
    InFlightCanonicity,
    InFlightSpent,
    InFlightEnd
{
    constructor(IPlasmaFramework framework_, uint256 ethVaultId_, uint256 erc20VaultId_)
        ExitGameBase(framework_, ethVaultId_, erc20VaultId_)
    {}

    /// The framework has taken the exit from the queue of this token. The kind is in the id (section 3).
    function processExit(uint160 exitId, uint256, address token) external onlyFrom(address(framework)) {
        if (ExitId.isInFlight(exitId)) {
            processInFlightExit(exitId, token);
        } else {
            processStandardExit(exitId, token);
        }
    }
}
