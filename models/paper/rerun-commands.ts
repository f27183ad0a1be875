/** A command that makes numbers of the Paper page again, typed in the repository's folder, and what it does. */
export interface RerunCommand {
  command: string
  gives: string
}

/** The commands in the order in which one would type them. Those that train write into `runs/`, beside what is committed. */
export const RERUN_COMMANDS: readonly RerunCommand[] = [
  {
    command: 'npm run report',
    gives: 'all tables and counts of this page, from the committed results, in seconds',
  },
  {
    command: 'npm run replicate -- mnist-vae-l1-z2',
    gives:
      'trains fold 0 of one model of the tables again, and compares weights and losses with the committed ones',
  },
  {
    command: 'npm run replicate -- frey-ae-l1-z2-mse --fold 3',
    gives: 'the same for another fold, here of a model of FreyFace, which takes seconds',
  },
  {
    command: 'npm run sweep -- search --table runs/again/search.json',
    gives: 'the search for recipes on validation folds, from its first trial',
  },
  {
    command: 'npm run sweep -- replication --results runs/again/results --dry-run',
    gives: 'lists the runs of the tables’ models, and about how long each takes on this machine',
  },
  {
    command: 'npm run sweep -- replication --results runs/again/results',
    gives: 'trains them by the recipes of the committed search',
  },
  {
    command: 'npm run sweep -- variants --results runs/again/results',
    gives: 'trains the additional runs, those by the paper’s own protocol among them',
  },
  {
    command: 'npm run sweep -- report runs/again/results',
    gives: 'the tables of what was trained again, beside the paper’s figures',
  },
  {
    command: 'npm run all-frames -- runs/sweeps/variants --out runs/again/all-frames.json',
    gives: 'measures FreyFace’s models by the protocol on test sets drawn from all frames',
  },
]
