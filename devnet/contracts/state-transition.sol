// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Output} from "./plasma-transaction.sol";

/// For each token that a payment creates, it spends at least as much; the rest is the fee (contracts v1.0.4, section 2).
library StateTransition {
    function isCovered(Output[] memory spent, Output[] memory created) internal pure returns (bool) {
        for (uint256 i = 0; i < created.length; i++) {
            address token = created[i].token;
            if (sum(spent, token) < sum(created, token)) return false;
        }
        return true;
    }

    /// Reverts on overflow: no sum of real money does that.
    function sum(Output[] memory outputs, address token) private pure returns (uint256 total) {
        for (uint256 i = 0; i < outputs.length; i++) {
            if (outputs[i].token == token) total += outputs[i].amount;
        }
    }
}
