// Damage done on purpose, to see that the comparison at the end finds it: a check that cannot fail would prove nothing.

/**
 * Takes away one acknowledged event, stores others twice, and falsifies the kept sums.
 *
 * @param {import('pg').Client} sql as the owner of the tables
 */
export async function plantDamage(sql) {
  await sql.query(
    `DELETE FROM experimentation.events WHERE id = (SELECT id FROM experimentation.events ORDER BY id LIMIT 1)`,
  );
  await sql.query(
    `INSERT INTO experimentation.events (id, project_id, event_id, event_type, user_id, value, event_metadata, created_at)
     SELECT gen_random_uuid(), project_id, event_id, event_type, user_id, value, event_metadata, created_at
     FROM experimentation.events ORDER BY id LIMIT 2`,
  );
  await sql.query('UPDATE experimentation.arm_statistics SET moments[1] = moments[1] + 1');
}
