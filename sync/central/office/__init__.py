"""What an office decides and what it knows; every act leaves a line in the audit log.

audit/                         what was done: acts, and their chain of lines, signed with the centre's key
access.py                      who is calling: tokens, stored hashed
bundle.py, names.py, plans.py  a configuration on its way in; what its codes mean; its survey plans
units/                         units as a dated tree, and which responses a unit may see
devices.py                     enrolment, revocation, and what is known of each device
cards/, keys/                  badges and procedure cards; secret keys, and the offline root above them
cases.py, case_list.py         the one-stop software's list
returned.py, rated.py          results returned, and which cases have been rated
sheets/                        tables that people bring, with letters and days as old programs wrote them
corrections.py                 voiding and re-attributing: new responses, never a change
set_aside.py, taking.py        what was refused, judged once more; what two tablets numbered alike
removal.py, erasure_list.py    forgetting and retention: gone, staying away, and asked of the tablets
backup.py, carrying.py         copies while it runs, and the way back; what was decided since is carried over
heartbeats.py                  what a device says of itself, and what it learns in return
copies.py                      the folder of nightly backups
drawing.py                     drawing people by chance, so that anybody can check it
"""
