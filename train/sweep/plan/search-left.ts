import { committedChoice, TRIALS } from '../../../models/paper/committed-search.ts'
import { paperRows } from '../../../models/paper/paper-rows.ts'
import { isSameGroup, RECIPE_GROUPS, searchEpochs, trialsOf } from '../../../models/paper/recipe.ts'
import { type Job, jobCost, type PlanOptions, planJobs } from './plan.ts'
import { groupOf, recipeOf } from './replication-recipe.ts'

/** What is left of the search of recipes. */
interface SearchLeft {
  /** Groups whose search has not ended. */
  groups: number
  /** The costs of their trials to come: as many as an ended search took on average, and at least one a group. */
  trials: number[]
  /** Runs of the models that wait for it. */
  waiting: Job[]
}

/** Plans the search's remaining trials and the runs that wait for them. */
export async function planSearch(options: PlanOptions): Promise<SearchLeft> {
  const ended = RECIPE_GROUPS.filter(group => committedChoice(group))
  const open = RECIPE_GROUPS.filter(group => !ended.includes(group))
  const usual = ended.reduce((sum, group) => sum + trialsOf(group, TRIALS).length, 0) / ended.length
  const ids = [...new Set(paperRows().map(({ id }) => id))]
  const any = { learningRate: 0.004, betaWarmup: 0 }
  const settings = ids.flatMap(id => {
    const group = open.find(other => isSameGroup(other, groupOf(id)))
    return group ? [recipeOf(id, group, any)] : []
  })
  const waiting = settings.length > 0 ? await planJobs(settings, options).catch(() => []) : []
  const costs = open.flatMap(group => {
    const run = waiting.find(job => isSameGroup(group, groupOf(job.name)))
    const cost = run ? (jobCost(run) / run.configuration.optimization.epochs) * searchEpochs(group) : 0
    const count = Math.max(1, Math.round(usual) - trialsOf(group, TRIALS).length)
    return Array.from({ length: run ? count : 0 }, () => cost)
  })
  return { groups: open.length, trials: costs, waiting }
}
