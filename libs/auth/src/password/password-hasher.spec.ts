import { jwtSecret } from '../jwt/jwt-keys.js';
import { PasswordHasher } from './password-hasher.js';
import { passwordProblem } from './password-problem.js';

const jwt = { keys: [jwtSecret('s'.repeat(32))] } as const;

describe('PasswordHasher', () => {
  it('makes argon2id hashes with the OWASP parameters and a salt of their own', async () => {
    const hasher = new PasswordHasher({ jwt });
    const [one, two] = await Promise.all([hasher.hash('correct horse'), hasher.hash('correct horse')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(two);
    expect(await hasher.verify(one, 'correct horse')).toBe(true);
    expect(await hasher.verify(one, 'correct horsf')).toBe(false);
  });

  it('refuses when there is nobody to compare with', async () => {
    const hasher = new PasswordHasher({ jwt });
    expect(await hasher.verify(undefined, 'correct horse')).toBe(false);
  });
});

describe('passwordProblem', () => {
  const ada = { username: 'ada-lovelace', email: 'countess@example.com' };

  it.each(['short', 'aaaaaaaaaaaa', 'ADA-lovelace', 'Countess@example.com', 'x'.repeat(150) + 'abcd'.repeat(20)])(
    'refuses %s',
    (password) => {
      expect(passwordProblem(password, ada)).toMatch(/^must /);
    },
  );

  it.each(['correct horse', 'пароль-длинный', 'abcdefghij'])('takes %s', (password) => {
    expect(passwordProblem(password, ada)).toBeUndefined();
  });
});
