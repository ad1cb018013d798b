export interface IdentitySettings {
  /** Password of the user `admin` when the first start makes it. */
  readonly adminPassword?: string | undefined;
  /** Says a generated password to whoever started the process. Without it none is generated: logs are no place for a secret. */
  readonly announce?: (line: string) => void;
}

/** Injection token of the settings. */
export const IDENTITY_SETTINGS = Symbol('assay:identity-settings');
