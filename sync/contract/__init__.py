"""What travels: survey, response, batch, receipt, codes, problems. Imports nothing of ours."""
