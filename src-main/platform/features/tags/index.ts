export { mountTags } from './tags.routes.ts';
export { TagRepository } from './tag.repository.ts';
export { Tags } from './tags.service.ts';
export { SavedViews } from './views.service.ts';
