export interface IdentitySettings {
  /** Password of the user `admin` when the first start makes it; without one it is generated. */
  readonly adminPassword?: string | undefined;
  /** Says a generated password to whoever started the process (default: one line on stdout). */
  readonly announce?: (line: string) => void;
}

/** Injection token of the settings. */
export const IDENTITY_SETTINGS = Symbol('assay:identity-settings');
