"""The account: how a person of the registry proves who he is. It holds no right: rights are the gate's."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

LANGUAGES = ("fr", "nl", "de", "en")
THEMES = ("auto", "light", "dark")
DENSITIES = ("work", "reading")


class Account(AbstractBaseUser):
    """One person's means to sign in, and how he wants his pages. There is no super-user."""

    username = models.CharField(max_length=150, unique=True)  # small letters
    person_id = models.UUIDField(
        unique=True
    )  # registry.person; no foreign key across the rooms of the database
    language = models.CharField(max_length=2, choices=[(code, code) for code in LANGUAGES], default="en")
    theme = models.CharField(max_length=5, choices=[(name, name) for name in THEMES], default="auto")
    density = models.CharField(
        max_length=7, choices=[(name, name) for name in DENSITIES], default="", blank=True
    )
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: list[str] = []  # noqa: RUF012  (Django's name and shape)
    objects = BaseUserManager()

    class Meta:
        db_table = "account"

    def __str__(self) -> str:
        return self.username
