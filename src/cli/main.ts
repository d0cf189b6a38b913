import { Command, CommanderError } from 'commander';
import { exitCodes, explainError } from '../place/exit-codes.ts';
import { version } from '../place/version.ts';
import { commands } from './commands.ts';

/** Runs one command and returns the exit code; everything a person reads goes through `process.stdout` and `stderr`. */
export async function main(args: readonly string[]): Promise<number> {
  let code: number = exitCodes.succeeded;
  const program = new Command('muster')
    .description('Ensembles by pull request: commit a grid, get back a reviewed ensemble.')
    .version(version)
    .option('-C, --directory <folder>', 'work as if started there')
    .showHelpAfterError('(muster --help lists the commands)')
    .exitOverride()
    .addHelpText(
      'after',
      `
Exit codes: 0 all succeeded · 1 some combinations failed or missing · 2 your file, arguments or account
            3 a remote service · 70 our bug · 130 stopped with Ctrl-C

Examples:
  muster run grids/demo.yaml              plan, run, publish on this machine
  muster plan grids/demo.yaml             what would run, how long, for how much
  muster rerun --select failed            the failed combinations of the last run, once more`,
    );
  for (const command of commands((result) => (code = result))) {
    inherit(command, program, command.name());
    program.addCommand(command);
  }
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.configuration;
    const { code: failed, text } = explainError(error);
    process.stderr.write(`${text}\n`);
    return failed;
  }
}

/** Commands made apart inherit nothing by themselves: without this, wrong arguments would end with 1. */
function inherit(command: Command, from: Command, words: string): void {
  command.copyInheritedSettings(from).showHelpAfterError(`(muster ${words} --help shows how it is used)`);
  for (const one of command.commands) inherit(one, command, `${words} ${one.name()}`);
}
