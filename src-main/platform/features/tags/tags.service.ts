/** What people wrote on workers: tags, which make groups, and notes. Kept in memory and in the database. */
import {
  maxTagsOfWorker,
  type Group,
  type GroupPeriod,
  type GroupTotals,
  type WorkerTags,
} from '../../../contract/domain/tag.ts';
import { AppError } from '../../kernel/app-error.ts';
import { actsFor, type Caller } from '../../kernel/caller.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Component } from '../../kernel/component.ts';
import type { TagGroupsTable } from '../../storage/schema.ts';
import type { Payout } from '../earnings/index.ts';
import {
  selectTargets,
  type Fleet,
  type FleetView,
  type LiveWorker,
  type TargetFilter,
} from '../fleet/index.ts';
import { GroupSum } from './group-sum.ts';
import type { TagRepository } from './tag.repository.ts';

const dayMs = 86_400_000;

/** Days of a period; undefined: all that are kept. */
const daysOf = { '7d': 7, '30d': 30, all: undefined } as const;

/** More than this on all workers together would make lists of groups useless. */
const maxGroups = 1000;

interface Labels {
  readonly tags: readonly string[];
  readonly note: string;
}

const nothing: Labels = { tags: [], note: '' };

export interface TagsOptions {
  readonly repository: TagRepository;
  readonly fleet: Fleet;
  readonly view: FleetView;
  readonly clock: Clock;
  readonly hasActiveLease: (workerId: string) => boolean;
  /** What leases paid in the last days. */
  readonly payouts: (days: number | undefined) => Promise<readonly Payout[]>;
}

/** Whom a change of tags is for: named workers, those that pass, or those of the named that pass. */
export interface TagTargets {
  readonly workerIds: readonly string[] | undefined;
  readonly filter: TargetFilter;
}

export class Tags implements Component {
  readonly name = 'tags';
  readonly #options: TagsOptions;
  readonly #labels = new Map<string, Labels>();
  readonly #groups = new Map<string, TagGroupsTable>();
  /** Changes come one after the other: each sees what the one before it left. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: TagsOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { repository } = this.#options;
    for (const { worker_id, tags, note } of await repository.loadLabels())
      this.#labels.set(worker_id, { tags: JSON.parse(tags) as string[], note });
    for (const group of await repository.loadGroups()) this.#groups.set(group.tag, group);
  }

  async stop(): Promise<void> {
    await this.#last;
  }

  /** Tags of a worker, in the order of the alphabet; none for one that nobody knows. */
  readonly tagsOf = (workerId: string): readonly string[] => this.#labelsOf(workerId).tags;

  /** Tags and note of a worker, for its owner and the operator; nothing for others. */
  labelsFor({ workerId, accountId }: LiveWorker, caller: Caller): Labels {
    return actsFor(caller, accountId) ? this.#labelsOf(workerId) : nothing;
  }

  /** Ids of the caller's workers with a tag; none when nobody gave it, or when the workers are somebody else's. */
  workersWith(tag: string, caller: Caller): ReadonlySet<string> {
    const found = [...this.#labels].filter(
      ([workerId, { tags }]) => tags.includes(tag) && this.#isOwn(workerId, caller),
    );
    return new Set(found.map(([workerId]) => workerId));
  }

  /** Tags and note of a worker. */
  ofWorker(workerId: string): WorkerTags {
    const { tags, note } = this.#labelsOf(workerId);
    return { worker_id: workerId, tags: [...tags], note };
  }

  /** Every worker of the caller with a tag or a note. */
  labelled(caller: Caller): WorkerTags[] {
    return [...this.#labels.keys()]
      .filter((workerId) => this.#isOwn(workerId, caller))
      .map((workerId) => this.ofWorker(workerId));
  }

  /** Colours of those tags that have one. */
  colorsOf(tags: readonly string[]): Record<string, number> {
    return Object.fromEntries(
      [...new Set(tags)]
        .map((tag): [string, number] => [tag, this.#describe(tag).color])
        .filter(([, color]) => color > 0),
    );
  }

  /** Every group of the caller with what it adds up to, by name; and the workers without a tag. */
  async groups(caller: Caller, period: GroupPeriod): Promise<{ items: Group[]; untagged: GroupTotals }> {
    const { repository, fleet, view, clock, hasActiveLease } = this.#options;
    const ofDay = await repository.earningsSince(clock.nowMs() - dayMs);
    const ofPeriod = period === '24h' ? ofDay : await this.#earnings(caller, daysOf[period]);
    const sums = new Map<string, GroupSum>();
    if (caller.actsForAll) for (const tag of this.#groups.keys()) sums.set(tag, new GroupSum());
    const untagged = new GroupSum();
    for (const worker of fleet.all()) {
      if (!actsFor(caller, worker.accountId)) continue;
      const figures = {
        isOnline: view.isOnline(worker),
        isLeased: hasActiveLease(worker.workerId),
        earnedDayMicro: ofDay.get(worker.workerId) ?? 0,
        earnedMicro: ofPeriod.get(worker.workerId) ?? 0,
      };
      const tags = this.tagsOf(worker.workerId);
      if (tags.length === 0) untagged.add(worker, figures);
      for (const tag of tags) {
        const sum = sums.get(tag) ?? new GroupSum();
        sum.add(worker, figures);
        sums.set(tag, sum);
      }
    }
    const items = [...sums]
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([tag, sum]) => ({ ...this.#describe(tag), ...sum.totals() }));
    return { items, untagged: untagged.totals() };
  }

  /** Micro-credits by worker; what an earlier owner was paid is nobody else's business. */
  async #earnings(caller: Caller, days: number | undefined): Promise<ReadonlyMap<string, number>> {
    const sums = new Map<string, number>();
    for (const { workerId, accountId, micro } of await this.#options.payouts(days))
      if (actsFor(caller, accountId)) sums.set(workerId, (sums.get(workerId) ?? 0) + micro);
    return sums;
  }

  /**
   * Changes tags and note of one worker.
   *
   * @throws AppError `conflict` when there are too many tags
   */
  change(workerId: string, change: Partial<Labels>): Promise<WorkerTags> {
    return this.#inTurn(async () => {
      await this.#save(new Map([[workerId, { ...this.#labelsOf(workerId), ...change }]]));
      return this.ofWorker(workerId);
    });
  }

  /**
   * Gives tags and takes tags away, on all of the workers or on none.
   *
   * @throws AppError `not_found` when none of the named workers exists, `forbidden` when one belongs to somebody else,
   *   `bad_request` when one would carry too many
   */
  assign(
    targets: TagTargets,
    { add, remove }: { add: readonly string[]; remove: readonly string[] },
    caller: Caller,
  ): Promise<{ matched: number; changed: string[] }> {
    return this.#inTurn(async () => {
      const workers = this.#select(targets, caller);
      const next = new Map<string, Labels>();
      for (const { workerId } of workers) {
        const before = this.#labelsOf(workerId);
        const left = before.tags.filter((tag) => !remove.includes(tag));
        const tags = [...new Set([...left, ...add])].sort();
        if (tags.length > maxTagsOfWorker)
          throw new AppError(
            'bad_request',
            `Nothing was changed: ${workerId.slice(0, 128)} would have ${tags.length} tags, of ${maxTagsOfWorker} that a worker can have.`,
          );
        if (tags.join() !== before.tags.join()) next.set(workerId, { ...before, tags });
      }
      await this.#save(next);
      return { matched: workers.length, changed: [...next.keys()] };
    });
  }

  /**
   * Renames a tag on the workers of the caller; the operator takes colour and description along.
   *
   * @throws AppError `not_found` when the caller has no such tag
   */
  rename(tag: string, to: string, caller: Caller): Promise<string[]> {
    return this.#inTurn(async () => {
      const workers = this.#carriers(tag, caller);
      if (tag === to) return [];
      const next = workers.map((workerId): [string, Labels] => {
        const { tags, note } = this.#labelsOf(workerId);
        return [
          workerId,
          { note, tags: [...new Set(tags.map((name) => (name === tag ? to : name)))].sort() },
        ];
      });
      const group = caller.actsForAll ? this.#groups.get(tag) : undefined;
      const moved = group && !this.#groups.has(to) ? [{ ...group, tag: to }] : [];
      await this.#save(new Map(next), { groups: moved, ...(group ? { removedGroup: tag } : {}) });
      return workers;
    });
  }

  /**
   * Takes a tag from the workers of the caller; the operator ends the group with it.
   *
   * @throws AppError `not_found` when the caller has no such tag
   */
  remove(tag: string, caller: Caller): Promise<string[]> {
    return this.#inTurn(async () => {
      const workers = this.#carriers(tag, caller);
      const next = workers.map((workerId): [string, Labels] => {
        const { tags, note } = this.#labelsOf(workerId);
        return [workerId, { note, tags: tags.filter((name) => name !== tag) }];
      });
      await this.#save(new Map(next), caller.actsForAll ? { removedGroup: tag } : {});
      return workers;
    });
  }

  /** Colours and describes a group. @throws AppError `conflict` when there are too many */
  describe(group: TagGroupsTable): Promise<TagGroupsTable> {
    return this.#inTurn(async () => {
      if (!this.#groups.has(group.tag) && this.#groups.size >= maxGroups)
        throw new AppError('conflict', `There are ${maxGroups} groups already; remove one first.`);
      await this.#save(new Map(), { groups: [group] });
      return group;
    });
  }

  #labelsOf(workerId: string): Labels {
    return this.#labels.get(workerId) ?? nothing;
  }

  #describe(tag: string): TagGroupsTable {
    return this.#groups.get(tag) ?? { tag, color: 0, description: '' };
  }

  #isOwn(workerId: string, caller: Caller): boolean {
    const worker = this.#options.fleet.get(workerId);
    return worker !== undefined && actsFor(caller, worker.accountId);
  }

  /** The caller's workers with a tag. */
  #carriers(tag: string, caller: Caller): string[] {
    const workers = [...this.workersWith(tag, caller)];
    if (workers.length === 0 && !(caller.actsForAll && this.#groups.has(tag)))
      throw new AppError('not_found', `None of your workers has the tag ${tag}; see GET /api/tags.`);
    return workers;
  }

  /** Permission before effect: one worker of somebody else, and nothing changes. */
  #select({ workerIds, filter }: TagTargets, caller: Caller): LiveWorker[] {
    const { fleet, view } = this.#options;
    const named = workerIds && [...new Set(workerIds)].flatMap((id) => fleet.get(id) ?? []);
    if (named?.length === 0)
      throw new AppError('not_found', 'None of these workers exists; see GET /api/workers.');
    const foreign = named?.find(({ accountId }) => !actsFor(caller, accountId));
    if (foreign)
      throw new AppError(
        'forbidden',
        `Nothing was changed: ${foreign.workerId.slice(0, 128)} belongs to another account.`,
      );
    const passing = selectTargets(view, filter, this.tagsOf).filter(({ accountId }) =>
      actsFor(caller, accountId),
    );
    const chosen = named && new Set(named);
    return chosen ? passing.filter((worker) => chosen.has(worker)) : passing;
  }

  /** Stores first: what can't be stored is not so. */
  async #save(
    labels: ReadonlyMap<string, Labels>,
    { groups = [], removedGroup }: { groups?: readonly TagGroupsTable[]; removedGroup?: string } = {},
  ): Promise<void> {
    const rows = [...labels].map(([worker_id, { tags, note }]) => ({
      ...{ worker_id, tags: JSON.stringify(tags), note },
    }));
    if (rows.length === 0 && groups.length === 0 && removedGroup === undefined) return;
    await this.#options.repository.save({
      ...{ labels: rows, groups },
      ...(removedGroup === undefined ? {} : { removedGroup }),
    });
    for (const [workerId, { tags, note }] of labels) {
      if (tags.length === 0 && note === '') this.#labels.delete(workerId);
      else this.#labels.set(workerId, { tags, note });
    }
    if (removedGroup !== undefined) this.#groups.delete(removedGroup);
    for (const group of groups) this.#groups.set(group.tag, group);
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
