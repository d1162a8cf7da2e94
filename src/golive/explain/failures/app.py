"""The app's folder cannot be understood or packed."""

from __future__ import annotations

from golive.explain.failures.entry import Failure
from golive.locale import N_

APP: dict[str, Failure] = {
    "folder-missing": Failure(
        (N_("There is no folder %(folder)s."), N_("The folder %(path)s is gone.")),
        N_("The path is relative to where you are now."),
        N_("Check the spelling, or change into the app's folder first."),
    ),
    "not-a-folder": Failure(
        N_("%(folder)s is a file, not a folder."),
        N_("Golive deploys the folder that holds the whole app."),
        N_("Name the folder that this file is in."),
    ),
    "folder-empty": Failure(
        (N_("The folder %(folder)s is empty."), N_("There is nothing to deploy in %(path)s.")),
        N_("Hidden files, environments and caches do not count."),
        N_("Change into the app's folder, or name it: “golive up PATH”."),
    ),
    "folder-changed": Failure(
        N_("%(path)s changed while golive was reading the folder."),
        N_("An editor, a build or a sync program is writing there."),
        N_("Wait until it is done and run it again."),
    ),
    "not-an-app": Failure(
        N_("Golive finds no web app in %(folder)s."),
        N_("Of its %(python_files)s Python files, none makes a Flask app (app = Flask(...) or create_app())."),
        N_('Name another folder; or, if the app is there, its entry in golive.toml: [app] entry = "module:app".'),
    ),
    "notebook-only": Failure(
        N_("There are only notebooks here (%(file)s)."),
        N_("A notebook is not a web app; nothing in it answers visitors."),
        N_("Move the code into a .py file with a Flask app."),
    ),
    "framework-not-yet": Failure(
        N_("This is a %(framework)s app (%(file)s, line %(line)s), which golive cannot deploy yet."),
        N_("So far golive knows plain Flask."),
        N_('If there is a Flask app beside it, name it in golive.toml: [app] entry = "module:app".'),
    ),
    "entry-ambiguous": Failure(
        N_("There are several apps here, and nothing tells which is the one."),
        N_("Found: %(candidates)s."),
        (N_("Choose one in golive.toml: %(lines)s."), N_("Change into the folder of the one you mean: %(folders)s.")),
    ),
    "entry-not-found": Failure(
        N_("%(file)s, line %(line)s: there is no “%(entry)s” in this folder."),
        N_("The entry has the form module:name, seen from the app's folder or from chdir."),
        N_("Correct it, or delete the line and let “golive check” find the entry."),
    ),
    "syntax-error": Failure(
        N_("%(file)s, line %(line)s: Python cannot read this file."),
        N_("It says: %(reason)s."),
        N_("Correct the line; “python3 -m py_compile %(file)s” checks it."),
    ),
    "python2-app": Failure(
        N_("This app is written for Python 2 (%(file)s, line %(line)s)."),
        N_("Python 2 has had no security updates since 2020, and current systems do not have it."),
        N_("Port it to Python 3; the program 2to3 does much of it."),
    ),
    "dependencies-missing": Failure(
        N_("Nothing says which packages the app needs."),
        (N_("There is no requirements.txt and no pyproject.toml."), N_("There is only %(found)s.")),
        (N_("Make a requirements.txt."), N_("Going by the imports, it would say: %(lines)s.")),
    ),
    "conda-only": Failure(
        N_("The app's packages are listed only for conda (%(file)s)."),
        N_("On the host golive installs with pip or uv."),
        (N_("Make a requirements.txt as well."), N_("Going by the imports, it would say: %(lines)s.")),
    ),
    "requirements-missing": Failure(
        N_("%(file)s, line %(line)s: there is no file %(path)s."),
        N_("“dependencies” names the files that list what to install."),
        N_("Correct the path, or delete the line."),
    ),
    "requirements-unreadable": Failure(
        N_("%(file)s cannot be read."),
        N_("%(reason)s."),
        N_("Save it as UTF-8 text; “pip freeze > requirements.txt” in PowerShell writes UTF-16."),
    ),
    "data-unwritable": Failure(
        N_("Golive cannot remember this app in %(path)s."),
        N_("The system says: %(reason)s. Golive keeps there by what it knows the app again."),
        N_("Correct the permissions of this file and its folder, on your computer."),
    ),
    "maintenance-page-unusable": Failure(
        N_("%(path)s cannot be the maintenance page."),
        N_("%(reason)s."),
        N_("Correct the file, or move it away: golive has a plain page of its own."),
    ),
    "unreadable": Failure(
        N_("%(path)s cannot be read."),
        N_("The system says: %(reason)s."),
        N_("Correct its permissions, or name it in .gitignore if it does not belong to the app."),
    ),
    "lfs-pointer": Failure(
        N_("%(count)s files are only pointers of Git LFS: %(paths)s."),
        N_("Their contents are not here, and the site would serve the pointers."),
        N_("Fetch them: “git lfs pull”."),
    ),
    "data-unreadable": Failure(
        N_("The data in %(path)s cannot be copied."),
        N_("The system says: %(reason)s."),
        N_("Close the programs that use it; or run “golive up” without copying data, and the site starts empty."),
    ),
    "data-too-large": Failure(
        N_("%(places)s: %(size)s are too much to take along; 1 GB is the most."),
        N_("The data would travel in one piece with the code. The site starts empty without it."),
        N_(
            "Deploy without it, then copy it to /srv/golive/%(app)s/shared on the host (scp -r, rsync), and give it to "
            "the app there: chown -R golive-%(app)s: /srv/golive/%(app)s/shared."
        ),
    ),
    "link-outside": Failure(
        N_("%(count)s links lead out of the app's folder: %(paths)s."),
        N_("What they lead to does not travel with the app."),
        N_("Replace them by the files, or name them in .gitignore."),
    ),
    "git-broken": Failure(
        N_("The git repository of %(path)s cannot be read."),
        N_("%(reason)s."),
        N_("“git fsck” tells more. A fresh clone usually helps."),
    ),
    "submodule-missing": Failure(
        N_("The submodule %(path)s is empty."),
        N_("Its files were not fetched when the repository was cloned."),
        N_("Fetch them: “git submodule update --init --recursive”."),
    ),
    "merge-conflict": Failure(
        N_("A merge is not finished: %(paths)s."),
        N_("Files with conflict marks do not run."),
        N_("Resolve the conflicts and “git add” the files, or give the merge up: “git merge --abort”."),
    ),
    "sparse-checkout": Failure(
        N_("A part of the repository is not checked out: %(paths)s."),
        N_("With a sparse checkout golive cannot tell missing files from deleted ones."),
        N_("Check out everything: “git sparse-checkout disable”."),
    ),
}
