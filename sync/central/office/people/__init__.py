"""People who sign in: who they are, what they may do, and how the centre knows that it is them.

permissions.py     every act and the roles that may do it, as one table; pure
above.py           which units a role at a unit counts for
accounts.py        accounts are made, listed and ended
roles.py           roles are given and taken; rights.py: who may change whose
managed.py         the accounts that somebody manages
passwords.py       passwords as argon2 hashes
second_factor.py   codes of an authenticator app, and recovery codes; box.py seals their secrets
one_time_links.py  addresses that open a session once
sessions.py        sessions on the server, begun, seen, ended
throttle.py        how many wrong tries are allowed, and the address of a browser behind a proxy
sign_in.py         the way from a password, code or link to a session
restored.py        what a restore keeps of people, and what it ends
visitor.py         who opens a page: all that the pages need of this folder

Promises:
- nothing stored here opens anything by itself: passwords are hashes, codes and cookies are digests, and the
  secrets of second factors are sealed with a key that is no part of the database;
- what an act refuses changes nothing, and every act leaves a line in the audit log that holds no secret;
- a role that was taken and an account that has ended count from the next request on.
"""
