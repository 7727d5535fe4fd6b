import {
  changeGroupRoute,
  changeWorkerTagsRoute,
  groupsRoute,
  labelledWorkersRoute,
  removeTagRoute,
  renameTagRoute,
  tagWorkersRoute,
  workerTagsRoute,
} from '../../../contract/rest/tags.routes.ts';
import {
  addSavedViewRoute,
  changeSavedViewRoute,
  removeSavedViewRoute,
  savedViewsRoute,
} from '../../../contract/rest/views.routes.ts';
import type { HttpServer } from '../../http/http-server.ts';
import type { Tags } from './tags.service.ts';
import type { SavedViews } from './views.service.ts';

export interface TagParts {
  readonly http: HttpServer;
  readonly tags: Tags;
  readonly savedViews: SavedViews;
}

/** Tags, groups and notes: `/api/tags`, `/api/workers/{worker_id}/tags`; and `/api/views`. */
export function mountTags({ http, tags, savedViews }: TagParts): void {
  http.mount(groupsRoute, async ({ query: { period }, caller }) => ({
    period,
    ...(await tags.groups(caller, period)),
  }));
  http.mount(labelledWorkersRoute, ({ caller }) => {
    const items = tags.labelled(caller);
    return { items, colors: tags.colorsOf(items.flatMap((item) => item.tags)) };
  });
  http.mount(tagWorkersRoute, ({ body: { add, remove, worker_ids: workerIds, filter = {} }, caller }) =>
    tags.assign({ workerIds, filter }, { add, remove }, caller),
  );
  http.mount(changeGroupRoute, ({ params: { tag }, body: { color, description } }) =>
    tags.describe({ tag, color, description }),
  );
  http.mount(renameTagRoute, async ({ params: { tag }, body: { to }, caller }) => ({
    tag: to,
    changed: await tags.rename(tag, to, caller),
  }));
  http.mount(removeTagRoute, async ({ params: { tag }, caller }) => ({
    changed: await tags.remove(tag, caller),
  }));
  http.mount(workerTagsRoute, ({ params }) => tags.ofWorker(params.worker_id));
  http.mount(changeWorkerTagsRoute, ({ params, body: { tags: names, note } }) =>
    tags.change(params.worker_id, {
      ...(names === undefined ? {} : { tags: names }),
      ...(note === undefined ? {} : { note }),
    }),
  );
  http.mount(savedViewsRoute, ({ caller }) => ({ items: savedViews.list(caller) }));
  http.mount(addSavedViewRoute, ({ body, caller }) => savedViews.add(body, caller));
  http.mount(changeSavedViewRoute, ({ params, body, caller }) =>
    savedViews.change(params.view_id, body, caller),
  );
  http.mount(removeSavedViewRoute, async ({ params, caller }) => {
    await savedViews.remove(params.view_id, caller);
    return { removed: params.view_id };
  });
}
