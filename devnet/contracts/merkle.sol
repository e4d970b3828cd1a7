// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// Inclusion proofs (contracts v1.0.4, section 4): siblings bottom up, 32 bytes each.
library Merkle {
    function includes(bytes32 root, bytes calldata leaf, uint256 index, bytes calldata proof)
        internal
        pure
        returns (bool)
    {
        require(proof.length != 0, "Merkle proof must not be empty");
        require(proof.length % 32 == 0, "Length of Merkle proof must be a multiple of 32");
        require(index < 2 ** (proof.length / 32), "Index does not match the length of the proof");

        bytes32 node = keccak256(abi.encodePacked(bytes1(0x00), leaf));
        for (uint256 start = 0; start < proof.length; start += 32) {
            bytes32 sibling = bytes32(proof[start:start + 32]);
            node = index % 2 == 0 ? parent(node, sibling) : parent(sibling, node);
            index /= 2;
        }
        return node == root;
    }

    function parent(bytes32 left, bytes32 right) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(bytes1(0x01), left, right));
    }
}
