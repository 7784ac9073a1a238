// The page answers a form: loading it again must show the list, not run the action a second time.
history.replaceState(null, "", location.href);
