import { Command, Option } from 'commander'
import { isOpenToOthers, type KeystoreFile, listKeys } from '../chain/keystore-folder.ts'
import { exportKey, importKey, newKey, type Surroundings } from './key-work.ts'
import { openTerminal } from './terminal.ts'

/** `plasma-guard keys` */
export function keysCommand(): Command {
  return new Command('keys')
    .description('makes and keeps encrypted keystore files (Ethereum V3, scrypt)')
    .addCommand(newCommand())
    .addCommand(importCommand())
    .addCommand(listCommand())
    .addCommand(exportCommand())
}

const surroundings: Surroundings = { terminal: openTerminal, stdin: process.stdin }

type Keeping = { folder: string; passwordFile?: string; json: boolean }

function newCommand(): Command {
  return new Command('new')
    .description('makes a key')
    .addOption(folderOption())
    .addOption(passwordOption())
    .addOption(jsonOption())
    .action(async ({ json, ...keeping }: Keeping) => {
      print([await newKey(keeping, surroundings)], json)
    })
}

function importCommand(): Command {
  return new Command('import')
    .description('takes a private key from a file or from standard input, never from the command line')
    .argument('[key-file]', 'file that holds 32 bytes of hex; left out, standard input')
    .addOption(folderOption())
    .addOption(passwordOption())
    .addOption(jsonOption())
    .action(async (keyFile: string | undefined, { json, ...keeping }: Keeping) => {
      print([await importKey({ ...keeping, keyFile }, surroundings)], json)
    })
}

function listCommand(): Command {
  return new Command('list')
    .description('lists keystores: the account that each says it is of, and its file')
    .addOption(folderOption())
    .addOption(jsonOption())
    .action(async ({ folder, json }: Omit<Keeping, 'passwordFile'>) => {
      const found = await listKeys(folder)
      if (await isOpenToOthers(folder)) {
        process.stderr.write(`Others may look into ${folder}; close it with: chmod 700 ${folder}\n`)
      }
      print(found, json)
    })
}

function exportCommand(): Command {
  return new Command('export')
    .description('gives a private key away: into a new file with --out, else on the terminal after a question')
    .argument('<keystore>', 'keystore file')
    .addOption(passwordOption())
    .option('--out <file>', 'file to be made, which only you can read')
    .action((keystore: string, options: { passwordFile?: string; out?: string }) =>
      exportKey({ keystore, ...options }, surroundings),
    )
}

function folderOption(): Option {
  return new Option('--folder <folder>', 'where the keystores are').default('./keys')
}

function passwordOption(): Option {
  return new Option('--password-file <file>', 'its first line is the password; left out, it is asked for')
}

function jsonOption(): Option {
  return new Option('--json', 'one JSON object for each keystore').default(false)
}

function print(keystores: readonly KeystoreFile[], json: boolean): void {
  for (const keystore of keystores) {
    const { address = 'not stated', file } = keystore
    process.stdout.write(json ? `${JSON.stringify(keystore)}\n` : `${address.padEnd(42)}  ${file}\n`)
  }
}
