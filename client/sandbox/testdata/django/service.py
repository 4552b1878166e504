"""A Django REST service with the API's periodic agents, as plainly as Django's
own tutorials would write it. record.py records its responses.

With Django REST Framework 3.14, it is as release 3.59 of the API: mentors are
written as integer ids, fields are missing, the list of pins takes any session_id,
and there are no statistics. With 3.18,
it is as release 4.205: the list of pins needs no session_id.
"""

import uuid

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="not secret",
    ALLOWED_HOSTS=["*"],
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "rest_framework",
        "rest_framework.authtoken",
        "django_filters",
        "django_celery_beat",
    ],
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    ROOT_URLCONF="service",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
    TIME_ZONE="UTC",
    LOGGING_CONFIG=None,
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": ["service.ApiToken"],
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAdminUser"],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    },
)
django.setup()

import rest_framework
from rest_framework.authentication import TokenAuthentication


class ApiToken(TokenAuthentication):
    keyword = "Api-Token"


import django_filters
from django.db import connection, models
from django.urls import include, path
from django_celery_beat.models import CrontabSchedule, PeriodicTask
from django_filters.rest_framework import BooleanFilter, DjangoFilterBackend, FilterSet
from rest_framework import filters, generics, pagination, serializers, views, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

IS_OLD = rest_framework.VERSION.startswith("3.14")
IS_NEW = rest_framework.VERSION.startswith("3.18")
STATUSES = [(s, s.title()) for s in ("success", "error", "running", "pending")]


class Mentor(models.Model):
    name = models.CharField(max_length=255)
    unique_id = models.UUIDField(default=uuid.uuid4, unique=True)

    class Meta:
        app_label = "service"


class PeriodicAgent(models.Model):
    mentor = models.ForeignKey(Mentor, on_delete=models.CASCADE)
    title = models.CharField(max_length=255)
    username = models.CharField(max_length=255)
    description = models.TextField(blank=True, default="")
    prompt = models.TextField(blank=True, default="")
    task = models.OneToOneField(PeriodicTask, on_delete=models.CASCADE)
    created_at = models.DateTimeField(auto_now_add=True)
    modified_at = models.DateTimeField(auto_now=True)
    pathway = models.CharField(max_length=255, blank=True, default="")
    callback_url = models.URLField(blank=True, default="")
    callback_secret = models.CharField(max_length=255, blank=True, default="")
    parent_session_id = models.CharField(max_length=200, blank=True, default="")
    parent_mentor_id = models.BigIntegerField(null=True, blank=True)
    previous_agent = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL)
    previous_agent_status = models.CharField(max_length=20, choices=STATUSES, default="success")

    class Meta:
        app_label = "service"


class PeriodicAgentLog(models.Model):
    content = models.TextField(blank=True, default="")
    status = models.CharField(max_length=20, choices=STATUSES[:3], default="running")
    periodic_agent = models.ForeignKey(PeriodicAgent, on_delete=models.CASCADE)

    class Meta:
        app_label = "service"


class Page(pagination.PageNumberPagination):
    page_size = 10
    page_size_query_param = "page_size"
    max_page_size = 100


class MentorSerializer(serializers.ModelSerializer):
    class Meta:
        model = Mentor
        fields = ["id", "name", "unique_id"][IS_OLD:]


class CrontabSerializer(serializers.ModelSerializer):
    class Meta:
        model = CrontabSchedule
        fields = ["minute", "hour", "day_of_week", "day_of_month", "month_of_year"]


class TaskSerializer(serializers.ModelSerializer):
    crontab = CrontabSerializer()

    class Meta:
        model = PeriodicTask
        fields = ["id", "name", "crontab", "one_off", "start_time", "enabled"][IS_OLD:]
        read_only_fields = ["name"]


class AgentCreateSerializer(serializers.ModelSerializer):
    if not IS_OLD:
        mentor = serializers.SlugRelatedField(slug_field="unique_id", queryset=Mentor.objects.all())
    task = TaskSerializer()
    enabled = serializers.BooleanField(source="task.enabled", read_only=True)
    one_off = serializers.BooleanField(source="task.one_off", read_only=True)

    class Meta:
        model = PeriodicAgent
        fields = [
            "id", "mentor", "title", "username", *([] if IS_OLD else ["description"]), "prompt", "task", "created_at",
            "modified_at", "enabled", "one_off", "pathway", "callback_url", "callback_secret", "parent_session_id",
            "parent_mentor_id", "previous_agent", "previous_agent_status",
        ]
        read_only_fields = ["username"]

    def create(self, data):
        task = data.pop("task")
        crontab = CrontabSchedule.objects.create(**task.pop("crontab"))
        task = PeriodicTask.objects.create(name=str(uuid.uuid4()), task="run", crontab=crontab, **task)
        return PeriodicAgent.objects.create(task=task, username=self.context["request"].user.username, **data)

    def update(self, agent, data):
        task = data.pop("task", {})
        for instance, fields in ((agent.task.crontab, task.pop("crontab", {})), (agent.task, task), (agent, data)):
            for name, value in fields.items():
                setattr(instance, name, value)
            instance.save()
        return agent


class AgentSerializer(AgentCreateSerializer):
    mentor = MentorSerializer()


class AgentFilter(FilterSet):
    enabled = BooleanFilter(field_name="task__enabled")
    parent_mentor_id = django_filters.NumberFilter()
    parent_session_id = django_filters.CharFilter()

    class Meta:
        model = PeriodicAgent
        fields = [
            "enabled", "parent_mentor_id", "parent_session_id", "previous_agent", "previous_agent_status", "title",
            "username",
        ]


class MentorID(serializers.Serializer):
    mentor_id = serializers.UUIDField(required=False)


class PeriodicAgentViewSet(viewsets.ModelViewSet):
    queryset = PeriodicAgent.objects.order_by("id")
    pagination_class = Page
    filter_backends = [DjangoFilterBackend, filters.OrderingFilter, filters.SearchFilter]
    filterset_class = AgentFilter
    search_fields = ["title", "description", "prompt"]

    def get_serializer_class(self):
        return AgentSerializer if self.action in ("list", "retrieve") else AgentCreateSerializer

    if not IS_OLD:

        @action(detail=False)
        def statistics(self, request, **kwargs):
            MentorID(data=request.query_params).is_valid(raise_exception=True)
            return Response({})


class LogSerializer(serializers.ModelSerializer):
    class Meta:
        model = PeriodicAgentLog
        fields = "__all__"


class LogFilter(FilterSet):
    parent_mentor_id = django_filters.NumberFilter(field_name="periodic_agent__parent_mentor_id")
    parent_session_id = django_filters.CharFilter(field_name="periodic_agent__parent_session_id")
    username = django_filters.CharFilter(field_name="periodic_agent__username")

    class Meta:
        model = PeriodicAgentLog
        fields = ["parent_mentor_id", "parent_session_id", "periodic_agent", "status", "username"]


class PeriodicAgentLogViewSet(viewsets.ReadOnlyModelViewSet):
    queryset = PeriodicAgentLog.objects.order_by("id")
    serializer_class = LogSerializer
    pagination_class = Page
    filter_backends = [DjangoFilterBackend, filters.OrderingFilter, filters.SearchFilter]
    filterset_class = LogFilter
    search_fields = ["content"]


def check_uuid(text):
    try:
        uuid.UUID(text)
    except ValueError:
        raise serializers.ValidationError("Must be a valid UUID.")


class Session(serializers.Serializer):
    session_id = serializers.CharField(validators=[check_uuid])


class SessionQuery(serializers.Serializer):
    session_id = serializers.CharField(validators=[] if IS_OLD else [check_uuid])


class PinView(views.APIView):
    def get(self, request, **kwargs):
        if not IS_NEW:
            SessionQuery(data=request.query_params).is_valid(raise_exception=True)
        return Response([])

    def post(self, request, **kwargs):
        Session(data=request.data).is_valid(raise_exception=True)
        return Response({})

    def delete(self, request, **kwargs):
        Session(data=request.query_params or request.data).is_valid(raise_exception=True)
        return Response(status=204)


class MentorQuery(serializers.Serializer):
    department_id = serializers.IntegerField(required=False)
    filter_by = serializers.CharField(required=False)
    is_featured = serializers.BooleanField(allow_null=True, default=None)


class MentorView(generics.ListAPIView):
    queryset = Mentor.objects.order_by("id")
    serializer_class = MentorSerializer
    pagination_class = Page

    def get(self, request, *args, **kwargs):
        MentorQuery(data=request.query_params).is_valid(raise_exception=True)
        return super().get(request, *args, **kwargs)


router = SimpleRouter()
router.register("periodic-agents", PeriodicAgentViewSet)
router.register("periodic-agent-logs", PeriodicAgentLogViewSet)
urlpatterns = [
    path("api/ai-mentor/orgs/<str:org>/users/<str:user_id>/", include([
        path("", MentorView.as_view()),
        path("pin-message/", PinView.as_view()),
        path("", include(router.urls)),
    ])),
]


def prepare(users, mentor_id):
    """Makes the tables, users with keys, and a mentor."""
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from rest_framework.authtoken.models import Token

    call_command("migrate", verbosity=0)
    with connection.schema_editor() as editor:
        for model in (Mentor, PeriodicAgent, PeriodicAgentLog):
            editor.create_model(model)
    for name, key, is_admin in users:
        Token.objects.create(user=User.objects.create(username=name, is_staff=is_admin), key=key)
    Mentor.objects.create(name="Study coach", unique_id=mentor_id)
