import type { Alarm } from '../../src/lib/alarm.ts'

export const blind: Alarm = {
  ...{ kind: 'blind', subject: 'watcher', level: 'critical' },
  message: 'The Watcher does not see (no answer): nothing that it watches is guarded.',
}
export const bond: Alarm = {
  ...{ kind: 'bond_updated', subject: '0xab:1', level: 'info' },
  message: 'PiggybackBondUpdated: the bond will be 5 wei in two days.',
}
