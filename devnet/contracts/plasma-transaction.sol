// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Rlp} from "./rlp.sol";

uint256 constant PAYMENT = 1;
uint256 constant FEE = 3;
uint256 constant MAX_SIDES = 4;

struct Output {
    uint256 outputType;
    address guard;
    address token;
    uint256 amount;
}

struct PlasmaTransaction {
    uint256 txType;
    uint256[] inputs;
    Output[] outputs;
    bytes32 metaData;
}

/// Decodes raw (unsigned) transactions (contracts v1.0.4, section 2). A fee transaction is read in the short form too,
/// without inputs and txData: that is the one which operators make.
library PlasmaTransactions {
    function decode(bytes calldata raw) internal pure returns (PlasmaTransaction memory decoded) {
        (bytes calldata fields, bytes calldata rest) = Rlp.list(raw);
        Rlp.end(rest);
        (decoded.txType, fields) = Rlp.uint256Of(fields);
        bool isShortFee = decoded.txType == FEE && Rlp.count(fields) == 2;
        bytes calldata items;
        if (!isShortFee) {
            (items, fields) = Rlp.list(fields);
            decoded.inputs = inputsOf(items);
        }
        (items, fields) = Rlp.list(fields);
        decoded.outputs = outputsOf(items);
        if (!isShortFee) fields = emptyTxData(fields);
        (decoded.metaData, fields) = Rlp.bytes32Of(fields);
        Rlp.end(fields);
    }

    function inputsOf(bytes calldata items) private pure returns (uint256[] memory inputs) {
        uint256 length = Rlp.count(items);
        require(length <= MAX_SIDES, "Transaction has too many inputs");
        inputs = new uint256[](length);
        for (uint256 i = 0; i < length; i++) {
            bytes32 position;
            (position, items) = Rlp.bytes32Of(items);
            require(position != 0, "Null input not allowed");
            inputs[i] = uint256(position);
        }
    }

    function outputsOf(bytes calldata items) private pure returns (Output[] memory outputs) {
        uint256 length = Rlp.count(items);
        require(length != 0, "Transaction must have outputs");
        require(length <= MAX_SIDES, "Transaction has too many outputs");
        outputs = new Output[](length);
        for (uint256 i = 0; i < length; i++) {
            bytes calldata item;
            (item, items) = Rlp.list(items);
            outputs[i] = outputOf(item);
        }
    }

    function outputOf(bytes calldata item) private pure returns (Output memory output) {
        bytes calldata data;
        (output.outputType, item) = Rlp.uint256Of(item);
        (data, item) = Rlp.list(item);
        Rlp.end(item);
        (output.guard, data) = Rlp.addressOf(data);
        (output.token, data) = Rlp.addressOf(data);
        (output.amount, data) = Rlp.uint256Of(data);
        Rlp.end(data);
        require(output.outputType != 0, "Output type must not be 0");
        require(output.guard != address(0), "Output guard must not be 0");
        require(output.amount != 0, "Output amount must not be 0");
    }

    function emptyTxData(bytes calldata fields) private pure returns (bytes calldata rest) {
        uint256 txData;
        (txData, rest) = Rlp.uint256Of(fields);
        require(txData == 0, "txData must be 0");
    }
}
