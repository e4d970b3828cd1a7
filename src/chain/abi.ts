import { parseAbi } from 'viem'

/** The PlasmaFramework, as far as the guard calls it and reads its logs (contracts v1.0.4). */
export const frameworkAbi = parseAbi([
  'function getVersion() view returns (string)',
  'function minExitPeriod() view returns (uint256)',
  'function vaults(uint256 vaultId) view returns (address)',
  'function exitGames(uint256 txType) view returns (address)',
  'function childBlockInterval() view returns (uint256)',
  'function nextChildBlock() view returns (uint256)',
  'function blocks(uint256 blknum) view returns (bytes32 root, uint256 timestamp)',
  'function hasExitQueue(uint256 vaultId, address token) view returns (bool)',
  'function isOutputFinalized(bytes32 outputId) view returns (bool)',
  'function addExitQueue(uint256 vaultId, address token)',
  'function processExits(uint256 vaultId, address token, uint160 topExitId, uint256 maxExitsToProcess)',
  'event BlockSubmitted(uint256 blknum)',
])

/** Both vaults: the same deposit event. */
export const vaultAbi = parseAbi([
  'function deposit(bytes depositTx) payable',
  'event DepositCreated(address indexed depositor, uint256 indexed blknum, address indexed token, uint256 amount)',
])

/** The PaymentExitGame of contracts v1.0.x: exit ids are uint160. */
export const exitGameAbi = parseAbi([
  'struct StandardExit { bool exitable; uint256 utxoPos; bytes32 outputId; address exitTarget; uint256 amount; uint256 bondSize; }',
  'struct WithdrawData { bytes32 outputId; address exitTarget; address token; uint256 amount; uint256 piggybackBondSize; }',
  'struct InFlightExit { bool isCanonical; uint64 exitStartTimestamp; uint256 exitMap; uint256 position; WithdrawData[4] inputs; WithdrawData[4] outputs; address bondOwner; uint256 bondSize; uint256 oldestCompetitorPosition; }',
  'struct StartStandardExitArgs { uint256 utxoPos; bytes rlpOutputTx; bytes outputTxInclusionProof; }',
  'struct ChallengeStandardExitArgs { uint160 exitId; bytes exitingTx; bytes challengeTx; uint16 inputIndex; bytes witness; bytes32 senderData; }',
  'struct StartInFlightExitArgs { bytes inFlightTx; bytes[] inputTxs; uint256[] inputUtxosPos; bytes[] inputTxsInclusionProofs; bytes[] inFlightTxWitnesses; }',
  'struct PiggybackOnInputArgs { bytes inFlightTx; uint16 inputIndex; }',
  'struct PiggybackOnOutputArgs { bytes inFlightTx; uint16 outputIndex; }',
  'struct ChallengeCanonicityArgs { bytes inputTx; uint256 inputUtxoPos; bytes inFlightTx; uint16 inFlightTxInputIndex; bytes competingTx; uint16 competingTxInputIndex; uint256 competingTxPos; bytes competingTxInclusionProof; bytes competingTxWitness; }',
  'struct ChallengeInputSpentArgs { bytes inFlightTx; uint16 inFlightTxInputIndex; bytes challengingTx; uint16 challengingTxInputIndex; bytes challengingTxWitness; bytes inputTx; uint256 inputUtxoPos; bytes32 senderData; }',
  'struct ChallengeOutputSpentArgs { bytes inFlightTx; bytes inFlightTxInclusionProof; uint256 outputUtxoPos; bytes challengingTx; uint16 challengingTxInputIndex; bytes challengingTxWitness; bytes32 senderData; }',
  'function standardExits(uint160[] exitIds) view returns (StandardExit[])',
  'function inFlightExits(uint160[] exitIds) view returns (InFlightExit[])',
  'function startStandardExitBondSize() view returns (uint128)',
  'function startIFEBondSize() view returns (uint128)',
  'function piggybackBondSize() view returns (uint128)',
  'function startStandardExit(StartStandardExitArgs args) payable',
  'function challengeStandardExit(ChallengeStandardExitArgs args)',
  'function startInFlightExit(StartInFlightExitArgs args) payable',
  'function piggybackInFlightExitOnInput(PiggybackOnInputArgs args) payable',
  'function piggybackInFlightExitOnOutput(PiggybackOnOutputArgs args) payable',
  'function challengeInFlightExitNotCanonical(ChallengeCanonicityArgs args)',
  'function respondToNonCanonicalChallenge(bytes inFlightTx, uint256 inFlightTxPos, bytes inFlightTxInclusionProof)',
  'function challengeInFlightExitInputSpent(ChallengeInputSpentArgs args)',
  'function challengeInFlightExitOutputSpent(ChallengeOutputSpentArgs args)',
  'function deleteNonPiggybackedInFlightExit(uint160 exitId)',
  'event ExitStarted(address indexed owner, uint160 exitId)',
  'event ExitChallenged(uint256 indexed utxoPos)',
  'event ExitFinalized(uint160 indexed exitId)',
  'event ExitOmitted(uint160 indexed exitId)',
  'event InFlightExitStarted(address indexed initiator, bytes32 indexed txHash)',
  'event InFlightExitInputPiggybacked(address indexed exitTarget, bytes32 indexed txHash, uint16 inputIndex)',
  'event InFlightExitOutputPiggybacked(address indexed exitTarget, bytes32 indexed txHash, uint16 outputIndex)',
  'event InFlightExitChallenged(address indexed challenger, bytes32 indexed txHash, uint256 challengeTxPosition)',
  'event InFlightExitChallengeResponded(address indexed challenger, bytes32 indexed txHash, uint256 challengeTxPosition)',
  'event InFlightExitInputBlocked(address indexed challenger, bytes32 indexed txHash, uint16 inputIndex)',
  'event InFlightExitOutputBlocked(address indexed challenger, bytes32 indexed txHash, uint16 outputIndex)',
  'event InFlightExitInputWithdrawn(uint160 indexed exitId, uint16 inputIndex)',
  'event InFlightExitOutputWithdrawn(uint160 indexed exitId, uint16 outputIndex)',
  'event InFlightExitOmitted(uint160 indexed exitId, address token)',
  'event InFlightExitDeleted(uint160 indexed exitId)',
])
