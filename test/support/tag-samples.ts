import { admin, ok } from './accounts.ts';
import type { Cast } from './cast.ts';
import type { Sample } from './route-samples.ts';

type MakeSample = (cast: Cast) => Sample | Promise<Sample>;

const tagOnRig = async ({ platform }: Cast) => {
  await ok(platform, 'PUT', '/api/workers/rig-a/tags', { body: { tags: ['rack-1'] }, who: admin(platform) });
  return { tag: 'rack-1' };
};

let kept = 0;
const view = () => ({ name: `View ${(kept += 1)}`, query: 'state=mining' });
const ofAdminsView = async ({ platform }: Cast) => {
  const made = await ok<{ view_id: string }>(platform, 'POST', '/api/views', {
    body: view(),
    who: admin(platform),
  });
  return { view_id: made.view_id };
};

/** Calls of tags, groups and views. */
export const tagSamples: Readonly<Record<string, MakeSample>> = {
  'get /api/workers/{worker_id}/tags': () => ({ params: { worker_id: 'rig-a' } }),
  'put /api/workers/{worker_id}/tags': () => ({
    params: { worker_id: 'rig-a' },
    body: { tags: ['site:berlin'], note: 'Fan 2 is loud.' },
  }),
  'post /api/tags/assign': ({ accounts }) => ({
    body: { add: ['rack-1'], worker_ids: ['rig-a'] },
    ownerInside: accounts.wallet,
  }),
  'put /api/tags/{tag}': () => ({
    params: { tag: 'rack-1' },
    body: { color: 2, description: 'By the door' },
  }),
  'post /api/tags/{tag}/rename': async (cast) => ({ params: await tagOnRig(cast), body: { to: 'rack-1' } }),
  'delete /api/tags/{tag}': async (cast) => ({ params: await tagOnRig(cast) }),
  'post /api/views': () => ({ body: view() }),
  'put /api/views/{view_id}': async (cast) => ({ params: await ofAdminsView(cast), body: view() }),
  'delete /api/views/{view_id}': async (cast) => ({ params: await ofAdminsView(cast) }),
};
