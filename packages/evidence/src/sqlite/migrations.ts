/**
 * The tables of the ledger's file, and the way from each older version of them to the next. `PRAGMA user_version` says which one
 * a file has. A step that was released is never changed: what is to be different is a step more.
 */

/** Marks the file as ours (`PRAGMA application_id`): "EdgL". */
export const APPLICATION_ID = 0x4564674c

export const migrations: readonly string[] = [
  // 1
  `CREATE TABLE receipts (
     seq INTEGER PRIMARY KEY,
     id TEXT NOT NULL UNIQUE,
     at TEXT NOT NULL,
     task TEXT NOT NULL,
     user TEXT,
     place TEXT,
     cost REAL,
     rehearsal INTEGER NOT NULL,
     receipt TEXT NOT NULL
   ) STRICT;
   -- No index more than what calls wait for: each costs every call a page in the log.
   CREATE INDEX receipts_at ON receipts (at);
   -- All that a sum of money looks at, of the calls that cost any.
   CREATE INDEX receipts_paid ON receipts (seq, at, task, user, rehearsal, cost) WHERE cost > 0;
   CREATE TRIGGER receipts_never_change BEFORE UPDATE ON receipts
     BEGIN SELECT RAISE(ABORT, 'receipts never change'); END;
   CREATE TRIGGER receipts_never_leave BEFORE DELETE ON receipts
     BEGIN SELECT RAISE(ABORT, 'receipts never leave'); END;
   CREATE TABLE contents (
     seq INTEGER PRIMARY KEY REFERENCES receipts (seq),
     until TEXT NOT NULL,
     prompt TEXT NOT NULL,
     answer TEXT NOT NULL
   ) STRICT;
   CREATE INDEX contents_until ON contents (until);`,
  // 2
  `CREATE TABLE judgements (
     number INTEGER PRIMARY KEY,
     seq INTEGER NOT NULL REFERENCES receipts (seq),
     at TEXT NOT NULL,
     judge TEXT NOT NULL,
     device REAL,
     cloud REAL,
     cost REAL,
     judgement TEXT NOT NULL
   ) STRICT;
   CREATE INDEX judgements_of ON judgements (seq);
   -- All that a sum of what judgements cost looks at of them; the rest it finds on their receipts.
   CREATE INDEX judgements_paid ON judgements (number, at, seq, cost) WHERE cost > 0;
   CREATE INDEX judgements_paid_at ON judgements (at) WHERE cost > 0;
   CREATE TRIGGER judgements_never_change BEFORE UPDATE ON judgements
     BEGIN SELECT RAISE(ABORT, 'judgements never change'); END;
   CREATE TRIGGER judgements_never_leave BEFORE DELETE ON judgements
     BEGIN SELECT RAISE(ABORT, 'judgements never leave'); END;`,
]
