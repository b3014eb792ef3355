// The door of the passwords. A name that is imported from here loads its own file alone.
export { commonPasswords, generatePassword, hashNewPassword } from './checked-passwords.ts';
export { type OwnChange, OwnPasswordService } from './own-passwords.ts';
export {
  type NewPassword,
  type NewPasswordChoice,
  prepareNewPassword,
  replacing,
} from './password-change.ts';
