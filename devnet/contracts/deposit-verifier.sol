// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Output, PAYMENT, PlasmaTransaction, PlasmaTransactions} from "./plasma-transaction.sol";

uint256 constant PAYMENT_OUTPUT = 1;

/// A deposit is a payment without inputs and with one output to the depositor (contracts v1.0.4, section 2).
library Deposit {
    function outputOf(bytes calldata depositTx, address sender) internal pure returns (Output memory output) {
        PlasmaTransaction memory deposit = PlasmaTransactions.decode(depositTx);
        require(deposit.txType == PAYMENT, "Invalid transaction type");
        require(deposit.inputs.length == 0, "Deposit must have no inputs");
        require(deposit.outputs.length == 1, "Deposit must have exactly one output");
        output = deposit.outputs[0];
        require(output.outputType == PAYMENT_OUTPUT, "Invalid output type");
        require(output.guard == sender, "Depositor's address must match sender's address");
    }
}

contract EthDepositVerifier {
    function verify(bytes calldata depositTx, uint256 amount, address sender) external pure {
        Output memory output = Deposit.outputOf(depositTx, sender);
        require(output.token == address(0), "Output does not have correct currency (ETH)");
        require(output.amount == amount, "Deposited value must match sent amount");
    }
}

interface IAllowance {
    function allowance(address owner, address spender) external view returns (uint256);
}

contract Erc20DepositVerifier {
    function verify(bytes calldata depositTx, address sender, address vault)
        external
        view
        returns (address owner, address token, uint256 amount)
    {
        Output memory output = Deposit.outputOf(depositTx, sender);
        require(output.token != address(0), "Invalid output currency (ETH)");
        require(IAllowance(output.token).allowance(sender, vault) >= output.amount, "Tokens have not been approved");
        return (output.guard, output.token, output.amount);
    }
}
