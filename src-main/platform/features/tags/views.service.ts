/** Views of the fleet that people keep: their own, and those that the operator shares. */
import { randomUUID } from 'node:crypto';
import {
  maxViewsOfAccount,
  type SavedView,
  type SavedViewInput,
} from '../../../contract/domain/saved-view.ts';
import { AppError } from '../../kernel/app-error.ts';
import type { Caller } from '../../kernel/caller.ts';
import { toUnixSeconds, type Clock } from '../../kernel/clock.ts';
import type { Component } from '../../kernel/component.ts';
import type { SavedViewRow, TagRepository } from './tag.repository.ts';

interface Kept {
  readonly viewId: string;
  readonly accountId: string;
  readonly createdAtMs: number;
  readonly input: SavedViewInput;
}

export interface SavedViewsOptions {
  readonly repository: TagRepository;
  readonly clock: Clock;
}

export class SavedViews implements Component {
  readonly name = 'saved-views';
  readonly #options: SavedViewsOptions;
  readonly #views = new Map<string, Kept>();

  constructor(options: SavedViewsOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    for (const row of await this.#options.repository.loadViews())
      this.#views.set(row.view_id, {
        ...{ viewId: row.view_id, accountId: row.account_id, createdAtMs: row.created_at_ms },
        input: { ...(JSON.parse(row.settings) as SavedViewInput), shared: row.shared === 1 },
      });
  }

  stop(): void {
    this.#views.clear();
  }

  /** What a caller may use, by name. */
  list(caller: Caller): SavedView[] {
    return [...this.#views.values()]
      .filter((view) => view.accountId === caller.accountId || view.input.shared)
      .map((view) => toView(view, caller))
      .sort((left, right) => left.name.localeCompare(right.name) || (left.view_id < right.view_id ? -1 : 1));
  }

  /** @throws AppError `forbidden` for who may not share, `conflict` for a name that is taken or one view too many */
  async add(input: SavedViewInput, caller: Caller): Promise<SavedView> {
    const own = [...this.#views.values()].filter(({ accountId }) => accountId === caller.accountId);
    if (own.length >= maxViewsOfAccount)
      throw new AppError(
        'conflict',
        `There are ${maxViewsOfAccount} views of yours already; remove one first.`,
      );
    return this.#keep(
      {
        ...{ viewId: `view-${randomUUID()}`, accountId: caller.accountId },
        ...{ createdAtMs: this.#options.clock.nowMs(), input },
      },
      caller,
    );
  }

  /** @throws AppError `not_found`, and as `add` does */
  async change(viewId: string, input: SavedViewInput, caller: Caller): Promise<SavedView> {
    return this.#keep({ ...this.#find(viewId, caller), input }, caller);
  }

  /** @throws AppError `not_found` */
  async remove(viewId: string, caller: Caller): Promise<void> {
    this.#find(viewId, caller);
    await this.#options.repository.removeView(viewId);
    this.#views.delete(viewId);
  }

  async #keep(view: Kept, caller: Caller): Promise<SavedView> {
    const { viewId, accountId, input } = view;
    if (input.shared && !caller.actsForAll)
      throw new AppError('forbidden', 'Only the operator shares views; keep it for yourself.');
    const taken = [...this.#views.values()].some(
      (other) => other.viewId !== viewId && other.accountId === accountId && other.input.name === input.name,
    );
    if (taken) throw new AppError('conflict', `There is a view named ${input.name} already.`);
    await this.#options.repository.saveView(toRow(view));
    this.#views.set(viewId, view);
    return toView(view, caller);
  }

  /** A view that the caller may change; what belongs to others is not there. */
  #find(viewId: string, { accountId, actsForAll }: Caller): Kept {
    const view = this.#views.get(viewId);
    if (!view || (view.accountId !== accountId && !(actsForAll && view.input.shared)))
      throw new AppError('not_found', `You have no view ${viewId.slice(0, 64)}; see GET /api/views.`);
    return view;
  }
}

function toView({ viewId, accountId, createdAtMs, input }: Kept, caller: Caller): SavedView {
  const { name, shared, query, layout } = input;
  return {
    ...{ view_id: viewId, name, shared, query, layout },
    is_own: accountId === caller.accountId,
    created_at: toUnixSeconds(createdAtMs),
  };
}

function toRow({ viewId, accountId, createdAtMs, input }: Kept): SavedViewRow {
  const { shared, ...settings } = input;
  return {
    ...{ view_id: viewId, account_id: accountId, created_at_ms: createdAtMs },
    ...{ shared: shared ? 1 : 0, settings: JSON.stringify(settings) },
  };
}
