// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// Fees cannot be exited: they are spent to a payment first. Registered for their type, it can do nothing.
contract FeeExitGame {}
