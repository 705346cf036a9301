/** `npm run images`: `hashgate images` of the CLI, with the system that `npm start` runs here as the default. */
import { version } from '../openapi/packages/cli/src/create-program.ts'
import { createImagesCommand } from '../openapi/packages/cli/src/images/images-command.ts'
import { runProgram } from '../openapi/packages/cli/src/run-program.ts'
import { addTargetOptions } from '../openapi/packages/cli/src/target.ts'
import { callerDirectory } from './config.ts'
import { localTarget } from './local-target.ts'

const command = createImagesCommand(localTarget)
  .name('npm run images --')
  .version(version, '--version', 'print the version')

process.chdir(callerDirectory())
await runProgram(addTargetOptions(command, localTarget))
