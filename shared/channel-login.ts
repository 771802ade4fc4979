import { remembered } from './remembered.ts';

/** The login in a channel parameter: `#Name` → `name`. Every line asks for it, and there are few channels. */
export const channelLogin = remembered((param) => param.slice(1).toLowerCase(), 4096);
