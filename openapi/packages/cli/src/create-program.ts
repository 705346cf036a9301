import { Command } from 'commander'
import pkg from '../package.json' with { type: 'json' }
import { createImagesCommand } from './images/images-command.ts'
import { addTargetOptions } from './target.ts'
import { createUploadCommand } from './upload/upload-command.ts'

export const { version } = pkg

/** The `hashgate` program with all its commands. */
export function createProgram(): Command {
  const program = new Command('hashgate')
    .description('Uploads photos to a hashgate gateway, and lists and downloads them.')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this text')
    .helpCommand('help [command]', 'print the options of a command')
    .addCommand(createUploadCommand())
    .addCommand(createImagesCommand())
    .addHelpText('after', notes)
  return addTargetOptions(program)
}

const notes = `
Options may stand before and after the command. "hashgate COMMAND --help" prints those of a command, and its exit codes.`
