import { parseAbi } from 'viem'

/** What the operator calls and hears on the root chain (contracts v1.0.4). */
export const operatorAbi = parseAbi([
  'function nextChildBlock() view returns (uint256)',
  'function submitBlock(bytes32 blockRoot)',
  'function vaults(uint256 vaultId) view returns (address)',
  'function exitGames(uint256 txType) view returns (address)',
  'function standardExits(uint160[] exitIds) view returns ((bool exitable, uint256 utxoPos, bytes32 outputId, address exitTarget, uint256 amount, uint256 bondSize)[])',
  'function startInFlightExit((bytes inFlightTx, bytes[] inputTxs, uint256[] inputUtxosPos, bytes[] inputTxsInclusionProofs, bytes[] inFlightTxWitnesses) args) payable',
  'event DepositCreated(address indexed depositor, uint256 indexed blknum, address indexed token, uint256 amount)',
  'event ExitStarted(address indexed owner, uint160 exitId)',
  'event InFlightExitStarted(address indexed initiator, bytes32 indexed txHash)',
  'event InFlightExitOutputPiggybacked(address indexed exitTarget, bytes32 indexed txHash, uint16 outputIndex)',
])
