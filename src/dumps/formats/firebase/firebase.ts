export { firebaseCsv } from './csv.ts';
export { firebaseJson } from './json.ts';
export { firebaseHashFormat } from './user.ts';
