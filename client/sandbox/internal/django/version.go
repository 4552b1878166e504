package django

// A Version is a version of Django, with the versions of Django REST Framework and
// Python that Debian has with it. Newer versions are greater.
type Version int

const (
	// Django32 is Django 3.2 with Django REST Framework 3.14 and Python 3.11.
	Django32 Version = iota
	// Django42 is Django 4.2 with Django REST Framework 3.16 and Python 3.13.
	Django42
	// Django52 is Django 5.2 with Django REST Framework 3.18 and Python 3.13.
	Django52
)
