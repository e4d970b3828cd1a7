import type { AlarmKind } from '../lib/alarm.ts'

/** What a person needs to know beside what happened, in whole sentences. */
export type Advice = {
  /** What the guard does about it. */
  does: string
  /** Until when something can be done, for an alarm that names no second. */
  until: string
  /** What a person should do. */
  todo: string
}

const NO_LIMIT = 'There is no time limit.'
const WHOLE_EXIT_PERIOD = 'Money is safe for one exit period after the first exit that cheats.'

export const advice: Readonly<Record<AlarmKind, Advice>> = {
  answer_impossible: {
    does: 'The guard has stopped trying, because the contract will never accept this answer.',
    until: 'The exit can be paid as soon as its period is over.',
    todo: 'Look at the exit in a block explorer, and find out why the contract refuses; if money is being stolen, leave the chain: plasma-guard exit --dry-run.',
  },
  answer_late: {
    does: 'The guard goes on trying until the exit is gone.',
    until: 'The safe time for it is over.',
    todo: 'See at once why no answer is mined: plasma-guard status, the funds of the accounts, the fees; send it by hand if you can.',
  },
  answer_refused: {
    does: 'The guard has not sent this answer, and asks again while the matter stands.',
    until: 'The last safe second stands in plasma-guard status.',
    todo: 'Look at the reason: fill up the account or raise the budget in guard.yml and restart, or send the answer by hand.',
  },
  answer_stuck: {
    does: 'The guard keeps the transaction before the node, and pays no more than its ceiling.',
    until: 'The last safe second stands in plasma-guard status.',
    todo: 'Weigh what is at stake against the fee: raise the ceiling in guard.yml and restart, or send the answer by hand.',
  },
  answer_too_late: {
    does: 'The guard has stopped trying: the contract takes this answer no more.',
    until: 'The time for it is over.',
    todo: 'See what was lost, and why the guard was late: its log, its node, its funds; if money was stolen, leave the chain: plasma-guard exit --dry-run.',
  },
  answer_urgent: {
    does: 'The guard goes on trying, and pays more the nearer the deadline comes.',
    until: 'The last safe second stands in plasma-guard status.',
    todo: 'See why no answer is mined yet: plasma-guard status, the funds of the accounts, the fees, the node.',
  },
  blind: {
    does: 'The guard keeps trying, and answers all that it missed as soon as it sees again.',
    until: WHOLE_EXIT_PERIOD,
    todo: 'See to the root chain node, the Watcher or the operator that the guard asks, or name another one in guard.yml and restart.',
  },
  bond_updated: {
    does: 'The guard reads the bond anew for each answer.',
    until: 'The new bond holds in two days.',
    todo: 'See that the accounts of the guard can still pay it.',
  },
  cannot_leave: {
    does: 'The guard goes on to challenge, but it does not move your money.',
    until: 'Leave within one exit period of the cause.',
    todo: 'Find out whether it is true, and leave the chain yourself if it is: plasma-guard exit --dry-run shows the plan.',
  },
  clock_wrong: {
    does: 'The guard goes on: its deadlines are measured by the time of the chain.',
    until: NO_LIMIT,
    todo: 'Set the clock of this machine, and keep it set by NTP.',
  },
  contract_registered: {
    does: 'The guard goes on to watch the contracts that it knows, not the new one.',
    until: 'The new contract can act when its quarantine is over, about three exit periods from now.',
    todo: 'Read the new contract; leave the chain before the quarantine ends unless you trust it.',
  },
  deep_reorganisation: {
    does: 'The guard takes back what it concluded from the lost blocks, and judges anew.',
    until: NO_LIMIT,
    todo: 'Ask another node which chain is right; if yours is wrong, name another one in guard.yml and restart.',
  },
  invalid_finalization: {
    does: 'The guard can do nothing about it any more; users should leave the chain.',
    until: 'The first to leave find the most in the vault.',
    todo: 'Leave the chain now: plasma-guard exit --dry-run shows the plan.',
  },
  left_behind: {
    does: 'The guard brings home everything else, and does not try this output.',
    until: NO_LIMIT,
    todo: 'Look at the reason; whoever spent or signed the output away may owe it to you.',
  },
  node_down: {
    does: 'The guard asks the other nodes, and tries this one again.',
    until: 'The others suffice while they agree.',
    todo: 'See to this node, or name another one in guard.yml and restart.',
  },
  node_lagging: {
    does: 'The guard asks the other nodes until this one has caught up.',
    until: 'The others suffice while they agree.',
    todo: 'See to this node, or name another one in guard.yml and restart.',
  },
  node_wrong_chain: {
    does: 'The guard believes nothing that this node says.',
    until: NO_LIMIT,
    todo: 'Correct its address in rootChain.urls of guard.yml, and restart.',
  },
  nodes_disagree: {
    does: 'The guard goes on to challenge, and does nothing that cannot be taken back until enough nodes agree.',
    until: WHOLE_EXIT_PERIOD,
    todo: 'Ask a block explorer which of the nodes is right, and take the wrong one out of guard.yml; three nodes can settle it themselves.',
  },
  paused: {
    does: 'The guard sees what goes wrong and answers nothing of it.',
    until: 'Nothing that the guard sees has a deadline.',
    todo: 'Let it go on as soon as you can: plasma-guard resume.',
  },
  payment_failed: {
    does: 'The guard can do nothing about it: the contract does not try again.',
    until: NO_LIMIT,
    todo: 'Look at whether that account is a contract that refuses payments.',
  },
  unknown_exit: {
    does: 'The guard watches every other exit, and cannot judge this one.',
    until: 'The exit can be paid as soon as its period is over.',
    todo: 'Look at the transaction in a block explorer; if the node left out logs, name another one in guard.yml and restart.',
  },
  unreadable_log: {
    does: 'The guard watches every exit that it can read, and tries this log again at every head.',
    until: 'An exit that hides there can be paid as soon as its period is over.',
    todo: 'Look at the transaction in a block explorer; a node that can trace transactions may show what this one does not.',
  },
  unreadable_report: {
    does: 'The guard acts on every other report of the Watcher, and not on this one.',
    until: NO_LIMIT,
    todo: 'Look at the /status.get of the Watcher, and at whether its version fits this guard.',
  },
}
