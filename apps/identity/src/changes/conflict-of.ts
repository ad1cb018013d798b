import { AppError } from '@assay/contracts';

/** What a unique constraint guards: the field that has to change and what to call its value. */
const UNIQUE: Readonly<Record<string, { readonly field: string; readonly message: string }>> = {
  users_username_unique: { field: 'username', message: 'is taken by another user' },
  users_email_unique: { field: 'email', message: 'is taken by another user' },
  roles_name_unique: { field: 'name', message: 'is taken by another role' },
  projects_key_unique: { field: 'key', message: 'is taken by another project' },
  environments_project_key_unique: { field: 'key', message: 'is taken by another environment of the project' },
};

const UNIQUE_VIOLATION = '23505';
const FOREIGN_KEY_VIOLATION = '23503';

/** A violated constraint as the 409 it means; undefined for any other error. */
export function conflictOf(error: unknown): AppError | undefined {
  const code = textOf(error, 'code');
  if (code === UNIQUE_VIOLATION) {
    const { field, message } = UNIQUE[textOf(error, 'constraint')] ?? { field: '', message: 'exists already' };
    return AppError.conflict(`${field === '' ? 'It' : field}: ${message}.`, 'conflict', [{ path: field, message }]);
  }
  if (code === FOREIGN_KEY_VIOLATION) {
    const table = textOf(error, 'table').replaceAll('_', ' ');
    return AppError.conflict(
      `It is still in use by rows of ${table === '' ? 'another table' : table}: remove or move those first.`,
    );
  }
  return undefined;
}

function textOf(error: unknown, field: string): string {
  const value: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, field) : undefined;
  return typeof value === 'string' ? value : '';
}
