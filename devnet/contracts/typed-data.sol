// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MAX_SIDES, Output, PlasmaTransaction} from "./plasma-transaction.sol";
import {Position} from "./position.sol";

/// What an owner signs: EIP-712 with the framework as verifying contract (contracts v1.0.4, section 2).
library TypedData {
    bytes32 private constant DOMAIN_TYPE =
        keccak256("EIP712Domain(string name,string version,address verifyingContract,bytes32 salt)");
    bytes32 private constant SALT = 0xfad5c7f626d80f9256ef01929f3beb96e058b8b4b0e3fe52d84f054c0e2a7a83;
    bytes private constant INPUT = "Input(uint256 blknum,uint256 txindex,uint256 oindex)";
    bytes private constant OUTPUT = "Output(uint256 outputType,bytes20 outputGuard,address currency,uint256 amount)";
    bytes private constant TRANSACTION =
        "Transaction(uint256 txType,Input input0,Input input1,Input input2,Input input3,Output output0,Output output1,Output output2,Output output3,uint256 txData,bytes32 metadata)";

    function digest(address framework, PlasmaTransaction memory transaction) internal pure returns (bytes32) {
        bytes32 domain =
            keccak256(abi.encode(DOMAIN_TYPE, keccak256("OMG Network"), keccak256("1"), framework, SALT));
        return keccak256(abi.encodePacked(hex"1901", domain, structHash(transaction)));
    }

    /// Always four inputs and four outputs: the missing ones are zero structs.
    function structHash(PlasmaTransaction memory transaction) private pure returns (bytes32) {
        bytes32[] memory words = new bytes32[](2 + 2 * MAX_SIDES + 2);
        words[0] = keccak256(abi.encodePacked(TRANSACTION, INPUT, OUTPUT));
        words[1] = bytes32(transaction.txType);
        for (uint256 i = 0; i < MAX_SIDES; i++) {
            words[2 + i] = inputHash(i < transaction.inputs.length ? transaction.inputs[i] : 0);
            Output memory none;
            words[2 + MAX_SIDES + i] = outputHash(i < transaction.outputs.length ? transaction.outputs[i] : none);
        }
        words[2 + 2 * MAX_SIDES + 1] = transaction.metaData;
        return keccak256(abi.encodePacked(words));
    }

    function inputHash(uint256 position) private pure returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256(INPUT), Position.blknum(position), Position.txIndex(position), Position.outputIndex(position)
            )
        );
    }

    function outputHash(Output memory output) private pure returns (bytes32) {
        return keccak256(
            abi.encode(keccak256(OUTPUT), output.outputType, bytes20(output.guard), output.token, output.amount)
        );
    }
}
