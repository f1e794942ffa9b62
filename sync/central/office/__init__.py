"""What an office decides and knows; every act leaves a line in the audit log.

audit/                         what was done: acts, and their chain of lines, signed with the centre's key
access.py                      who is calling: tokens, stored hashed
configuration/                 what an office decides for its terminals, as rows
letterheads.py                 the head, signer and recipients of an office's documents
bundle.py, names.py, plans.py  importing a configuration; what its codes mean; its survey plans
plan_file.py                   a plan's file, checked whole
units/                         units as a dated tree, and which responses a unit may see
devices.py                     enrolment, revocation, and what is known of each device
hours.py                       which units are closed, by the hours that their terminals have
cards/, keys/                  badges and procedure cards; secret keys, and the offline root above them
cases.py, case_list.py         the one-stop software's list
remarks/                       what citizens wrote, as work
alerts/                        what somebody must know, once each, and what was done about it
remedies/                      what an office puts right, until when, and what came of it
paper/, paper_kept.py          forms on paper: printed, counted when they come back, and keyed in
post/, letter_rows.py          letters that ask organisations to answer, and what became of them
returned.py, rated.py          results returned, and which cases have been rated
sheets/                        uploaded tables, also with the encodings and dates of old programs
corrections.py                 voiding and re-attributing: new responses, never a change
set_aside.py, taking.py        judging refused responses again; numbers that two tablets both used
removal.py, erasure_list.py    forgetting and retention: removal here, and erasure on the tablets
backup.py, carrying.py         backups of a running centre, and restoring; later decisions are carried over
heartbeats.py                  what a device reports about itself, and what the answer holds
copies.py                      the folder of nightly backups
software.py                    releases of the terminals' software, offered in stages
interviews/                    interviewers: whom they ask next, and what came of it
sample/                        lists of people, who is drawn from them, and what came of it
"""
